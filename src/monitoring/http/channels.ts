import { z } from 'zod'
import {
  channelChangesSchema,
  channelListSchema,
  channelSchema,
  channelTestSchema,
  createdChannelSchema,
  deliveryListSchema,
  deliveryQuerySchema,
  deliverySchema,
  newChannelSchema,
} from '#contracts/alert.ts'
import { pageQuerySchema } from '#contracts/list.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Asker } from '../alerts/alerts.ts'
import type { Channels } from '../channels/channels.ts'

const idSchema = z.object({ id: z.string().max(64) })
const tags = ['notification channels']
/** Reading them too: the URL of a receiver often is a secret. */
const config = { access: { action: 'channel.manage' } }

/** Where alerts are sent. */
export const channelsHttp =
  (channels: Channels): HttpService =>
  (http) => {
    http.route({
      method: 'GET',
      url: '/notification-channels',
      config,
      schema: {
        tags,
        summary: 'Notification channels, newest first',
        querystring: pageQuerySchema,
        response: { 200: channelListSchema },
      },
      handler: (request) => channels.list(request.query),
    })

    http.route({
      method: 'POST',
      url: '/notification-channels',
      config,
      schema: {
        tags,
        summary: 'Add a webhook; the answer is the only one that carries its signing secret',
        body: newChannelSchema,
        response: { 201: createdChannelSchema },
      },
      handler: async (request, reply) => {
        const created = await channels.create(askerOf(request), request.body)
        return reply.code(201).header('cache-control', 'no-store').send(created)
      },
    })

    http.route({
      method: 'PATCH',
      url: '/notification-channels/:id',
      config,
      schema: {
        tags,
        summary: 'Change a channel',
        params: idSchema,
        body: channelChangesSchema,
        response: { 200: channelSchema },
      },
      handler: (request) => channels.update(askerOf(request), request.params.id, request.body),
    })

    http.route({
      method: 'DELETE',
      url: '/notification-channels/:id',
      config,
      schema: {
        tags,
        summary: 'Remove a channel and what is still to be sent to it',
        params: idSchema,
        response: { 204: z.null() },
      },
      handler: async (request, reply) => {
        await channels.remove(askerOf(request), request.params.id)
        return reply.code(204).send(null)
      },
    })

    http.route({
      method: 'POST',
      url: '/notification-channels/:id/test',
      config,
      schema: { tags, summary: 'Send a test message now', params: idSchema, response: { 200: channelTestSchema } },
      handler: (request) => channels.test(askerOf(request), request.params.id),
    })
    http.route({
      method: 'GET',
      url: '/notification-channels/:id/deliveries',
      config,
      schema: {
        tags,
        summary: 'What was sent to a channel in the last days, newest first',
        params: idSchema,
        querystring: deliveryQuerySchema,
        response: { 200: deliveryListSchema },
      },
      handler: (request) => channels.deliveries(request.params.id, request.query),
    })
    http.route({
      method: 'POST',
      url: '/notification-channels/:id/deliveries/:delivery/redeliver',
      config,
      schema: {
        tags,
        summary: 'Send a message that is over again, under the same id',
        params: idSchema.extend({ delivery: z.string().max(64) }),
        response: { 200: deliverySchema },
      },
      handler: (request) => channels.redeliver(askerOf(request), request.params.id, request.params.delivery),
    })
  }

const askerOf = (request: { principal: Asker['principal']; id: string }): Asker => ({
  principal: request.principal,
  requestId: request.id,
})

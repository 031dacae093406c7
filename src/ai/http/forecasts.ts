import { forecastQuerySchema, metricForecastSchema } from '#contracts/forecast.ts'
import type { ForecastQuery, MetricForecast } from '#contracts/forecast.ts'
import type { Principal } from '#contracts/principal.ts'
import type { HttpService } from '#platform/http/service.ts'

/** How a metric is expected to go on, and when what it measures is used up. */
export const forecastsHttp =
  (forecasts: (principal: Principal, query: ForecastQuery) => Promise<MetricForecast>): HttpService =>
  (http) => {
    http.route({
      method: 'GET',
      url: '/ai/forecasts',
      config: { access: { action: 'resource.read' } },
      schema: {
        tags: ['ai'],
        summary: 'How a metric is expected to go on, and when what it measures is used up',
        querystring: forecastQuerySchema,
        response: { 200: metricForecastSchema },
      },
      handler: ({ principal, query }) => forecasts(principal, query),
    })
  }

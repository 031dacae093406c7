/** Binds a channel's sealed secret to its row. */
export const secretContext = (channelId: string): string => `notification_channels/${channelId}/secret`

using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Notifications;

public static class NotificationServices
{
    /// <summary>Messages that are not replies: invitations, and those of other features' handlers.</summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services) => services
        .AddSingleton<NotificationQueue>()
        .AddSingleton<NotificationChannels>()
        .AddSingleton<INotificationHandler, Invitations>()
        .AddSingleton<NotificationSender>();
}

using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Notifications;

public static class NotificationServices
{
    /// <summary>What is sent to members without a message of theirs: invitations, and what other features add as handlers.</summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services) => services
        .AddSingleton<NotificationQueue>()
        .AddSingleton<NotificationChannels>()
        .AddSingleton<INotificationHandler, Invitations>()
        .AddSingleton<NotificationSender>();
}

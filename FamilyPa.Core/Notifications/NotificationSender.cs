using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Notifications;

/// <summary>Sends the notifications of one kind.</summary>
public interface INotificationHandler
{
    NotificationKind Kind { get; }

    /// <exception cref="ReplyNotSentException">Twilio did not accept it, and may another time.</exception>
    Task SendAsync(Notification notification, CancellationToken cancellation);
}

/// <summary>Works on the queue <c>notifications</c>.</summary>
public sealed class NotificationSender(IEnumerable<INotificationHandler> handlers, ILogger<NotificationSender> log)
{
    /// <remarks>
    /// What fails is delivered again by the platform, and given up after the last try: a code is worth nothing by then, and an invitation's row
    /// says what became of it. So nothing of it ever waits in poison for somebody to look at.
    /// </remarks>
    public async Task SendAsync(string body, long dequeueCount, CancellationToken cancellation)
    {
        var notification = Notification.TryParse(body);
        try
        {
            if (notification is null)
                throw new FormatException("No notification.");
            await handlers.Single(handler => handler.Kind == notification.Kind).SendAsync(notification, cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException && (notification is null || dequeueCount >= PhaseQueues.MostTries))
        {
            GiveUp(body, ErrorCode.Of(e));
        }
    }

    /// <summary>What got into poison all the same: its process died five times.</summary>
    public void GiveUp(string body, string code)
    {
        var notification = Notification.TryParse(body);
        log.NotificationNotSent(notification?.Kind.ToString() ?? "unreadable", notification?.Id, code);
    }
}

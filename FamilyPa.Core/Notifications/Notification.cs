using System.Text.Json;
using FamilyPa.Core.Queues;

namespace FamilyPa.Core.Notifications;

public enum NotificationKind
{
    /// <summary>A sign-in code that was asked for; the id is of <c>login_codes</c>.</summary>
    Code,

    /// <summary>To an invited person; the id is the invitation's.</summary>
    Invitation,
}

/// <summary>Something to be said that answers no message. Like every queue message it carries ids only.</summary>
public sealed record Notification(NotificationKind Kind, Guid Id)
{
    public string ToJson() => JsonSerializer.Serialize(new Body(Kind.ToString().ToLowerInvariant(), Id), JsonSerializerOptions.Web);

    /// <returns>Null when it is none.</returns>
    public static Notification? TryParse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Body>(text, JsonSerializerOptions.Web) is { } body && Enum.TryParse<NotificationKind>(body.Kind, ignoreCase: true, out var kind)
                ? new Notification(kind, body.Id)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Body(string Kind, Guid Id);
}

/// <summary>The queue <c>notifications</c>: an HTTP answer need not wait for Twilio, nor tell by its time whether there was anything to send.</summary>
public sealed class NotificationQueue(PhaseQueues queues)
{
    public const string Name = "notifications";

    public Task SendAsync(Notification notice, CancellationToken cancellation) => queues.SendAsync(Name, notice.ToJson(), null, cancellation);
}

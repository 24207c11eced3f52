using FamilyPa.Core.Jobs;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Tasks;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FamilyPa.Core.Reminders;

/// <summary>How a member gets what nobody just asked for, and whether a reminder will reach them.</summary>
/// <remarks>WhatsApp takes free text for 24 hours after the member's last message. Then it takes an approved template; without one, an SMS may be possible.</remarks>
public sealed class ReminderReach(IOptions<ReminderSettings> settings)
{
    /// <summary>Reads whom to tell and where: the recipient's columns, the phone that can get SMS or null, and whether nothing can be sent to the last address now.</summary>
    /// <param name="first">The first column.</param>
    internal Recipient Read(NpgsqlDataReader row, int first)
    {
        var last = Recipient.Read(row, first);
        var phone = row.IsDBNull(first + 6) ? null : row.GetString(first + 6);
        var isClosed = !row.IsDBNull(first + 7) && row.GetBoolean(first + 7);
        if (!isClosed || !Address.IsWhatsApp(last.To) || !HasOtherWay(phone is not null))
            return last;
        return settings.Value.WhatsAppTemplate is { Length: > 0 } template
            ? last with { Template = template }
            : last with { To = phone!, From = last.From is null ? null : Address.WithoutChannel(last.From) };
    }

    /// <summary>Whether the sender will not be reminded of what the message asked for, unless they write again.</summary>
    public bool IsLost(UnderstoodTask task, LeasedJob job) => IsLost(task.RemindAt, task.Due, task.Recurrence, job)
        && (task.Assignees.Count == 0 || task.Assignees.Any(member => member.UserId == job.Sender.UserId));

    /// <inheritdoc cref="IsLost(UnderstoodTask, LeasedJob)"/>
    public bool IsLost(ChangedTask change, LeasedJob job) =>
        change is { Outcome: "changed", IsSenders: true } && IsLost(change.RemindAt, change.Due, change.Recurrence, job);

    private bool IsLost(DateTimeOffset? remindAt, DueDate? due, Recurrence? recurrence, LeasedJob job)
    {
        if (!settings.Value.Enabled || !Address.IsWhatsApp(job.FromAddress) || HasOtherWay(job.PhaseInput.TakesSms))
            return false;
        var at = remindAt ?? (due is { AllDay: true } day ? day.At - (TimeOnly.MaxValue - settings.Value.AllDayAt) : due?.At);
        return recurrence is not null || at > job.ReceivedAt + Address.WhatsAppWindow;
    }

    private bool HasOtherWay(bool takesSms) => settings.Value.WhatsAppTemplate is { Length: > 0 } || (settings.Value.BySms && takesSms);
}

using FamilyPa.Core.Families;
using FamilyPa.Core.Replies;

namespace FamilyPa.Core.Reminders;

/// <summary>Composes a reminder of one task or several, in the family's language.</summary>
internal static class ReminderText
{
    public static string Of(IReadOnlyList<DueReminder> reminders, DateTimeOffset now)
    {
        var recipient = reminders[0].Recipient;
        var wording = Wording.Of(null, recipient.Locale, recipient.To);
        var line = new TaskLine(wording, TimeZones.Get(recipient.Zone), now);
        List<string> tasks = [.. reminders.Select(reminder => line.InList(reminder.Title, reminder.Due, []))];
        var phrase = reminders[0].IsLate ? wording.Phrases.LateReminder : wording.Phrases.Reminder;
        return tasks is [var one]
            ? $"{wording.Format(phrase, one)}\n{wording.Phrases.TickOffOne}"
            : MessageLength.Fit(
                [wording.Format(phrase, "").TrimEnd()], [.. tasks.Select((task, i) => $"{i + 1}. {task}")], [wording.Phrases.TickOff], count => wording.Format(wording.Phrases.AndMore, count)).Text;
    }
}

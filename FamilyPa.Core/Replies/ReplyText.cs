using System.Globalization;
using System.Text;
using FamilyPa.Core.Extraction;
using FamilyPa.Core.Families;
using NodaTime;

namespace FamilyPa.Core.Replies;

/// <summary>A task as it was stored, for telling its sender.</summary>
public sealed record UnderstoodTask(string Title, DueDate? Due, Member? Assignee, bool NeedsReview);

/// <summary>Composes replies: plain words, in the sender's language, dates as that language writes them.</summary>
public sealed class ReplyText(string? language, Family family, DateTimeOffset now)
{
    private readonly Phrases phrases = Phrases.Of(Phrases.Speaks(language) ? language : family.Locale);
    private readonly CultureInfo culture = Phrases.CultureOf(language, family.Locale);

    public string Understood(IReadOnlyList<UnderstoodTask> tasks, string? question, bool attachmentIgnored)
    {
        var text = new StringBuilder();
        if (tasks.Count == 0)
            text.Append(question ?? phrases.NothingToDo);
        else
            text.Append(tasks.Count == 1 ? phrases.AddedOne : string.Format(culture, phrases.AddedMany, tasks.Count));

        for (var i = 0; i < tasks.Count; i++)
            text.Append('\n').Append(i + 1).Append(". ").Append(Line(tasks[i]));
        if (tasks.Count > 0 && (question is not null || tasks.Any(task => task.NeedsReview)))
            text.Append('\n').Append(string.Format(culture, phrases.NotSure, question).TrimEnd());
        if (attachmentIgnored)
            text.Append('\n').Append(phrases.AttachmentIgnored);
        return text.ToString();
    }

    public string Rejected(string reason) => reason == "empty_message" ? phrases.EmptyMessage : phrases.UnsupportedMedia;

    public static string Failed(string locale) => Phrases.Of(locale).Failed;

    public string Keyword(string reason) => reason switch
    {
        "keyword_stop" => phrases.Stopped,
        "keyword_start" => phrases.Started,
        _ => phrases.Help,
    };

    private string Line(UnderstoodTask task)
    {
        var line = new StringBuilder(task.Title);
        if (task.Due is { } due)
            line.Append(" - ").Append(When(due));
        if (task.Assignee is { } member)
            line.Append(" (").Append(string.Format(culture, phrases.For, member.Name)).Append(')');
        return line.ToString();
    }

    private string When(DueDate due)
    {
        var local = Instant.FromDateTimeOffset(due.At).InZone(family.TimeZone).LocalDateTime;
        var today = Instant.FromDateTimeOffset(now).InZone(family.TimeZone).Date;
        var day = local.Date.ToString("ddd d MMM", culture);
        if (local.Date == today)
            day = $"{phrases.Today}, {day}";
        else if (local.Date == today.PlusDays(1))
            day = $"{phrases.Tomorrow}, {day}";
        else if (local.Year != today.Year)
            day = local.Date.ToString("ddd d MMM uuuu", culture);
        return due.AllDay ? day : $"{day}, {local.TimeOfDay.ToString("t", culture)}";
    }
}

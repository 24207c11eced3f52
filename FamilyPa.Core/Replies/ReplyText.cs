using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Families;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Tasks;

namespace FamilyPa.Core.Replies;

/// <summary>A task as it was stored, for telling its sender.</summary>
/// <param name="Completes">It is an earlier task, completed by the sender's answer.</param>
public sealed record UnderstoodTask(string Title, DueDate? Due, Member? Assignee, bool NeedsReview, bool Completes = false)
{
    /// <summary>When the sender said to be reminded: at the due time if that has a time of day and no other was said.</summary>
    public DateTimeOffset? RemindAt { get; init; }
}

/// <summary>What was understood of a message.</summary>
/// <param name="Heard">What the recordings said.</param>
/// <param name="Withdrawn">Titles of earlier tasks that the sender wants no more.</param>
/// <param name="Question">What we ask back; null when all is clear.</param>
/// <param name="Ignored">Why attachments were left out, as the job's reasons.</param>
public sealed record Understanding(
    string Heard, IReadOnlyList<UnderstoodTask> Tasks, IReadOnlyList<string> Withdrawn, string? Question, IReadOnlyList<string> Ignored)
{
    /// <summary>How many were read.</summary>
    public int Pictures { get; init; }

    public IReadOnlyList<ChangedTask> Changed { get; init; } = [];

    /// <summary>Titles of open tasks that the sender wished for again.</summary>
    public IReadOnlyList<string> AlreadyThere { get; init; } = [];

    /// <summary>The sender said no to changes that we asked about.</summary>
    public bool IsDeclined { get; init; }

    /// <summary>A reminder will come later than WhatsApp lets us write unasked, and there is no other way to send it.</summary>
    public bool IsReminderOutOfReach { get; init; }
}

/// <summary>Composes replies: plain words, in the sender's language, dates as that language writes them.</summary>
/// <param name="board">The board's address; null leaves it out.</param>
public sealed class ReplyText(string? language, Family family, DateTimeOffset now, LimitSettings limits, string? board = null)
{
    /// <summary>Enough to recognise one's own words by; the reply is to stay one message.</summary>
    private const int LongestHeard = 300;

    private readonly Wording wording = Wording.Of(language, family.Locale);
    private readonly Phrases phrases = Wording.Of(language, family.Locale).Phrases;
    private readonly TaskLine line = new(Wording.Of(language, family.Locale), family.TimeZone, now);
    private readonly ChangeLine change = new(Wording.Of(language, family.Locale), family.TimeZone, now);

    /// <summary>The question to ask about an unsure task where the model had none.</summary>
    public string IsThatRight => phrases.IsThatRight;

    /// <summary>The question to ask where a part of the model's answer was of no use.</summary>
    public string Incomplete => phrases.Incomplete;

    public string Understood(Understanding what)
    {
        List<string> lines = [];
        if (what.Heard.Length > 0)
            lines.Add(Format(phrases.Heard, what.Heard.Length <= LongestHeard ? what.Heard : what.Heard.Cut(LongestHeard).TrimEnd() + "…"));

        var added = what.Tasks.Where(task => !task.Completes).ToList();
        var completed = what.Tasks.Where(task => task.Completes).ToList();
        if (what.Pictures > 0 && what.Tasks.Count > 0)
            lines.Add(what.Pictures == 1 ? phrases.ReadPicture : Format(phrases.ReadPictures, what.Pictures));
        if (added.Count > 0)
            lines.Add(added.Count == 1 ? phrases.AddedOne : Format(phrases.AddedMany, added.Count));
        lines.AddRange(added.Select((task, i) => $"{i + 1}. {Line(task)}"));
        if (completed.Count > 0)
            lines.Add(phrases.Completed);
        lines.AddRange(completed.Select((task, i) => $"{added.Count + i + 1}. {Line(task)}"));
        lines.AddRange(what.Changed.Select(change.Of));
        lines.AddRange(what.AlreadyThere.Select(title => Format(phrases.AlreadyThere, TaskLine.Cut(title))));
        lines.AddRange(what.Withdrawn.Select(title => Format(phrases.Withdrawn, title)));
        if (what.IsDeclined)
            lines.Add(phrases.NothingChanged);
        if (what.IsReminderOutOfReach)
            lines.Add(phrases.RemindedIfWritten);
        if (what.Tasks.Count > 0 && board is not null)
            lines.Add(Format(phrases.Board, board));

        if (what.Tasks.Count > 0 && what.Question is not null)
            lines.Add(Format(phrases.NotSure, what.Question));
        else if (what.Question is not null)
            lines.Add(what.Question);
        else if (what.Tasks.Count == 0 && what.Changed.Count == 0 && what.AlreadyThere.Count == 0 && what.Withdrawn.Count == 0 && !what.IsDeclined)
            lines.Add(what.Pictures > 0 ? phrases.NothingInPicture : phrases.NothingToDo);
        lines.AddRange(what.Ignored.Distinct().Select(reason => $"({Rejected(reason)})"));
        return string.Join('\n', lines);
    }

    /// <param name="reason">Of the job, or of one attachment.</param>
    public string Rejected(string reason) => reason switch
    {
        "empty_message" => phrases.EmptyMessage,
        "model_refused" => phrases.Reword,
        "not_understood" => phrases.NotUnderstood,
        "unsupported_audio" => phrases.UnsupportedAudio,
        "unsupported_image" => phrases.UnsupportedImage,
        "image_too_large" => Format(phrases.ImageTooLarge, limits.MaxPictureMegapixels),
        "too_many_images" => Format(phrases.TooManyImages, limits.MaxPictures),
        "media_too_large" => Format(phrases.MediaTooLarge, limits.MaxMediaMegabytes),
        "audio_too_long" => Format(phrases.AudioTooLong, limits.MaxAudioMinutes),
        "media_empty" or "media_unreadable" => phrases.MediaDamaged,
        "media_unavailable" or "media_forbidden" => phrases.MediaUnavailable,
        "no_speech" => phrases.NoSpeech,
        _ => Format(phrases.Unsupported, phrases.Kinds.GetValueOrDefault(reason[(reason.LastIndexOf('_') + 1)..], phrases.Kinds["media"])),
    };

    /// <summary>Adds of what the receiver should have been reminded and was not.</summary>
    public string WithMissed(string reply, IReadOnlyList<string> titles) => titles.Count == 0
        ? reply
        : $"{reply}\n{Format(phrases.Missed, string.Join(", ", titles.Select(TaskLine.Cut)))}";

    public static string Failed(string locale) => Phrases.Of(locale).Failed;

    public string Keyword(string reason) => reason switch
    {
        "keyword_stop" => phrases.Stopped,
        "keyword_start" => phrases.Started,
        _ => phrases.Help,
    };

    /// <inheritdoc cref="ChangeLine.Confirm"/>
    public string Confirm(IEnumerable<ChangedTask> changes) => change.Confirm(changes);

    /// <summary>Why nobody in the family is meant by the name for certain.</summary>
    public string Who(string name, Family family) => family.IsAmbiguous(name) ? WhichPerson(name) : Format(phrases.NoSuchPerson, name);

    /// <summary>The question which of several people of one name is meant.</summary>
    public string WhichPerson(string name) => Format(phrases.WhichPerson, name);

    private string Line(UnderstoodTask task) => line.Of(task.Title, task.Due, task.Assignee);

    private string Format(string phrase, object value) => wording.Format(phrase, value);
}

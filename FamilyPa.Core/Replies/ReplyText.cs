using FamilyPa.Core.Families;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Tasks;

namespace FamilyPa.Core.Replies;

/// <summary>A task as it was stored, for telling its sender.</summary>
/// <param name="Completes">It is an earlier task, completed by the sender's answer.</param>
public sealed record UnderstoodTask(string Title, DueDate? Due, IReadOnlyList<Member> Assignees, bool NeedsReview, bool Completes = false)
{
    /// <summary>When the sender said to be reminded: at the due time if that has a time of day and no other was said.</summary>
    public DateTimeOffset? RemindAt { get; init; }

    public Recurrence? Recurrence { get; init; }

    /// <summary>The list that it is on, unless that is only a guess.</summary>
    public string? List { get; init; }
}

/// <summary>The tasks, changes and questions of a message.</summary>
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
    public bool IsReminderLost { get; init; }
}

/// <summary>Composes replies: plain words, in the sender's language, dates as that language writes them.</summary>
/// <param name="board">The board's address; null leaves it out.</param>
/// <param name="to">The receiver's address; null where it does not matter.</param>
public sealed class ReplyText(string? language, Family family, DateTimeOffset now, LimitSettings limits, string? board = null, string? to = null)
{
    /// <summary>Long enough to recognise the message, and short enough for one reply.</summary>
    private const int LongestHeard = 300;

    /// <summary>More titles than this share a line.</summary>
    private const int MostTitleLines = 3;

    private readonly Wording wording = Wording.Of(language, family.Locale, to);
    private readonly Phrases phrases = Wording.Of(language, family.Locale, to).Phrases;
    private readonly TaskLine line = new(Wording.Of(language, family.Locale, to), family.TimeZone, now);
    private readonly ChangeLine change = new(Wording.Of(language, family.Locale, to), family.TimeZone, now);

    /// <summary>The question to ask about an unsure task where the model had none.</summary>
    public string IsThatRight => phrases.IsThatRight;

    /// <summary>The answer to what no model reads.</summary>
    public string NothingToDo => phrases.NothingToDo;

    /// <summary>The answer to the first of the same texts that is not worked on any more.</summary>
    public string SaidAgain => phrases.SaidAgain;

    /// <summary>A question of the model's, which is in the sender's language already.</summary>
    public string? Asked(string? question) => question is null ? null : wording.Fact(question);

    /// <summary>The question to ask if a part of the model's answer was invalid.</summary>
    public string Incomplete => phrases.Incomplete;

    /// <param name="withMissed">Whether <see cref="WithMissed"/> needs room.</param>
    /// <returns>The text, and how many of the tasks and changes it names, in their order.</returns>
    public (string Text, int Shown) Understood(Understanding what, bool withMissed = false)
    {
        var added = what.Tasks.Where(task => !task.Completes).ToList();
        List<UnderstoodTask> tasks = [.. added, .. what.Tasks.Where(task => task.Completes)];
        List<string> before = [];
        if (what.Heard.Length > 0)
            before.Add(Format(phrases.Heard, wording.Fact(wording.Cut(what.Heard, LongestHeard))));
        if (what.Pictures > 0 && what.Tasks.Count > 0)
            before.Add(what.Pictures == 1 ? phrases.ReadPicture : Format(phrases.ReadPictures, what.Pictures));
        if (added.Count > 0)
            before.Add(added.Count == 1 ? phrases.AddedOne : Format(phrases.AddedMany, added.Count));

        var after = Rest(what);
        var longest = MessageLength.Longest - (withMissed ? MessageLength.LongestMissed : 0);
        // Titles are cut before any task is left out.
        var whole = MessageLength.Fit(before, Items(title => title), after, More, longest);
        if (whole.Shown == tasks.Count + what.Changed.Count && MessageLength.Of(whole.Text) <= longest)
            return whole;
        var cut = MessageLength.Fit(before, Items(wording.Cut), after, More, longest);
        return MessageLength.Of(cut.Text) <= longest || what.Heard.Length == 0 ? cut : Understood(what with { Heard = "" }, withMissed);

        string More(int count) => Format(phrases.SendMore, count);

        List<string> Items(Func<string, string> title) =>
        [
            .. tasks.Select((task, i) =>
                $"{(task.Completes && i == added.Count ? phrases.Completed + "\n" : "")}{wording.Fact($"{i + 1}.")} {line.OnList(line.Of(title(task.Title), task.Due, task.Assignees, task.Recurrence), task.List)}"),
            .. what.Changed.Select(changed => change.Of(changed with { Title = title(changed.Title) })),
        ];
    }

    /// <summary>The parts that are never shortened.</summary>
    private List<string> Rest(Understanding what)
    {
        List<string> lines = [.. Titles(phrases.AlreadyThere, what.AlreadyThere), .. Titles(phrases.Withdrawn, what.Withdrawn)];
        if (what.IsDeclined)
            lines.Add(phrases.NothingChanged);
        if (what.IsReminderLost)
            lines.Add(phrases.RemindedIfWritten);
        if (what.Tasks.Count > 0 && board is not null)
            lines.Add(Format(phrases.Board, wording.Fact(board)));

        if (what.Question is { } question)
            lines.Add(what.Tasks.Count > 0 ? Format(phrases.NotSure, wording.Plain(question)) : wording.Plain(question));
        else if (what.Tasks.Count == 0 && what.Changed.Count == 0 && what.AlreadyThere.Count == 0 && what.Withdrawn.Count == 0 && !what.IsDeclined)
            lines.Add(what.Pictures > 0 ? phrases.NothingInPicture : phrases.NothingToDo);
        lines.AddRange(what.Ignored.Distinct().Select(reason => $"({Rejected(reason)})"));
        return lines;
    }

    private IEnumerable<string> Titles(string phrase, IReadOnlyList<string> titles) =>
        titles.Count > MostTitleLines ? [Format(phrase, wording.Several(titles))] : titles.Select(title => Format(phrase, wording.Fact(wording.Cut(title))));

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
        "audio_too_short" => phrases.AudioTooShort,
        _ => Format(phrases.Unsupported, phrases.Kinds.GetValueOrDefault(reason[(reason.LastIndexOf('_') + 1)..], phrases.Kinds["media"])),
    };

    /// <summary>Adds of what the receiver should have been reminded, or told by another member, and was not.</summary>
    /// <param name="titles">By the member; null for reminders.</param>
    public string WithMissed(string reply, ILookup<(string? By, bool IsDone), string> titles)
    {
        List<string> lines = [.. titles.Select(told => (told.Key, Titles: wording.Several([.. told])) switch
        {
            ((null, _), var missed) => Format(phrases.Missed, missed),
            ((var by, true), var done) => wording.Format(phrases.HasDone, wording.Fact(by), done),
            ((var by, false), var asked) => wording.Format(phrases.AsksYou, wording.Fact(by), asked),
        })];
        return MessageLength.Fit([reply], lines, [], count => Format(phrases.AndMore, count), MessageLength.Of(reply) + MessageLength.LongestMissed).Text;
    }

    public static string Failed(string locale, string to) => Phrases.Of(locale, to).Failed;

    public string Keyword(string reason) => reason switch
    {
        "keyword_stop" => phrases.Stopped,
        "keyword_start" => phrases.Started,
        _ => phrases.Help,
    };

    /// <inheritdoc cref="ChangeLine.Confirm"/>
    public string Confirm(IEnumerable<ChangedTask> changes) => change.Confirm(changes);

    /// <summary>Why the name, which a model gave, does not identify one member.</summary>
    public string Who(string name, Family family) => family.IsAmbiguous(name)
        ? Format(phrases.WhichPerson, wording.Fact(name))
        : Format(phrases.NoSuchPerson, wording.Fact(ModelText.WithoutLinks(ModelText.Clean(name), ModelText.LinksIn()) is { Length: > 0 } shown ? wording.Cut(shown) : "…"));

    private string Format(string phrase, object value) => wording.Format(phrase, value);
}

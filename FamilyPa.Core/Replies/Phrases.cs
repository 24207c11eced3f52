using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using FamilyPa.Core.Twilio;

namespace FamilyPa.Core.Replies;

/// <summary>What we say, in one language: a file of <c>Languages/</c> for each. <c>{0}</c> is a number, a name or a text as the property says.</summary>
public sealed partial class Phrases
{
    /// <summary>For a sender of whom nothing is known, the language included.</summary>
    public const string UnknownSender =
        "Hello! This number looks after families' tasks, and yours is not on any family's list yet. Please ask someone in your family to add it.";

    private const string Fallback = "en";

    private static readonly Dictionary<string, string> Files = typeof(Phrases).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith("Languages/", StringComparison.Ordinal)).ToDictionary(name => Path.GetFileNameWithoutExtension(name));

    private static readonly ConcurrentDictionary<(string Language, bool IsSms), Phrases> Read = new();
    private static readonly JsonSerializerOptions Plain = new(JsonSerializerOptions.Web) { Converters = { new PlainText() } };

    public required string AddedOne { get; init; }

    /// <summary>{0}: how many.</summary>
    public required string AddedMany { get; init; }

    public required string Completed { get; init; }

    /// <summary>{0}: a task's title.</summary>
    public required string Withdrawn { get; init; }

    public required string NothingToDo { get; init; }

    /// <summary>The same text came too often.</summary>
    public required string SaidAgain { get; init; }

    /// <summary>{0}: our question.</summary>
    public required string NotSure { get; init; }

    /// <summary>The question where the model had none.</summary>
    public required string IsThatRight { get; init; }

    /// <summary>Asked where a part of what was said could not be used.</summary>
    public required string Incomplete { get; init; }

    /// <summary>{0}: a task's title.</summary>
    public required string UnreadableDue { get; init; }

    /// <inheritdoc cref="UnreadableDue"/>
    public required string UnreadableRule { get; init; }

    /// <summary>Also of a reminder that would be in the past. {0}: a task's title.</summary>
    public required string UnreadableReminder { get; init; }

    /// <summary>{0}: a task's title; {1}: when it is due as it was stored; likewise of the next four.</summary>
    public required string OtherWeekday { get; init; }

    public required string IsOver { get; init; }

    public required string IsFar { get; init; }

    /// <summary>The clocks go forward over the time that was said.</summary>
    public required string SkippedTime { get; init; }

    /// <summary>The clocks go back over it.</summary>
    public required string RepeatedTime { get; init; }

    /// <summary>{0}: the transcript.</summary>
    public required string Heard { get; init; }

    public required string ReadPicture { get; init; }

    /// <summary>{0}: how many.</summary>
    public required string ReadPictures { get; init; }

    public required string NothingInPicture { get; init; }

    public required string Today { get; init; }

    public required string Tomorrow { get; init; }

    public required DayWords Days { get; init; }

    public required RhythmWords Rhythm { get; init; }

    /// <summary>{0}: a member's name.</summary>
    public required string For { get; init; }

    /// <summary>{0}: six digits.</summary>
    public required string SignInCode { get; init; }

    /// <summary>{0}: who added the member. {1}: the family's name; likewise of the next two.</summary>
    public required string Invitation { get; init; }

    public required string InvitationAccepted { get; init; }

    public required string InvitationDeclined { get; init; }

    /// <summary>{0}: the sender's families with their numbers.</summary>
    public required string WhichFamily { get; init; }

    /// <summary>Said after the family's name.</summary>
    public required string FamilyChosen { get; init; }

    /// <summary>For a name of which nothing can be said.</summary>
    public required string SomeMember { get; init; }

    /// <inheritdoc cref="SomeMember"/>
    public required string SomeFamily { get; init; }

    /// <summary>Said where WhatsApp will be closed to us when a reminder is due.</summary>
    public required string RemindedIfWritten { get; init; }

    /// <summary>{0}: titles of tasks.</summary>
    public required string Missed { get; init; }

    public required string EmptyMessage { get; init; }

    /// <summary>The model or its filter declined.</summary>
    public required string Reword { get; init; }

    public required string NotUnderstood { get; init; }

    /// <summary>{0}: one of <see cref="Kinds"/>.</summary>
    public required string Unsupported { get; init; }

    /// <summary>Unreadable content, by the last word of the reason: video, document, location, contact, media, message.</summary>
    public required Dictionary<string, string> Kinds { get; init; }

    public required string UnsupportedAudio { get; init; }

    public required string UnsupportedImage { get; init; }

    /// <summary>{0}: megapixels.</summary>
    public required string ImageTooLarge { get; init; }

    /// <summary>{0}: how many are read.</summary>
    public required string TooManyImages { get; init; }

    /// <summary>{0}: megabytes.</summary>
    public required string MediaTooLarge { get; init; }

    /// <summary>{0}: minutes.</summary>
    public required string AudioTooLong { get; init; }

    public required string MediaDamaged { get; init; }

    public required string MediaUnavailable { get; init; }

    public required string NoSpeech { get; init; }

    public required string AudioTooShort { get; init; }

    public required string Failed { get; init; }

    public required string Throttled { get; init; }

    public required string Deferred { get; init; }

    public required string Help { get; init; }

    public required string Stopped { get; init; }

    public required string Started { get; init; }

    /// <summary>The languages that we can answer in, ISO 639-1.</summary>
    public static IEnumerable<string> Languages => Files.Keys;

    /// <summary>The phrases of a language tag's language; English when we have none.</summary>
    /// <param name="to">The receiver's address: phrases for SMS are GSM-7.</param>
    public static Phrases Of(string? tag, string? to = null) => Read.GetOrAdd((Speaks(tag) ? LanguageOf(tag) : Fallback, to is not null && Address.IsSms(to)), Load);

    /// <summary>Whether we can answer in that language.</summary>
    public static bool Speaks(string? tag) => Files.ContainsKey(LanguageOf(tag));

    /// <summary>How to write dates: as the family does if it speaks the language that is answered in, else as that language does.</summary>
    public static CultureInfo CultureOf(string? language, string locale)
    {
        var tag = !Speaks(language) || LanguageOf(language) == LanguageOf(locale) ? locale : language!;
        try
        {
            return CultureInfo.GetCultureInfo(Speaks(tag) ? tag : Fallback);
        }
        catch (CultureNotFoundException)
        {
            return CultureInfo.InvariantCulture;
        }
    }

    /// <summary>The language of a tag, ISO 639-1.</summary>
    public static string LanguageOf(string? tag) => (tag ?? "").Split('-', '_')[0].ToLowerInvariant();

    private static Phrases Load((string Language, bool IsSms) key)
    {
        using var file = typeof(Phrases).Assembly.GetManifestResourceStream(Files[key.Language])!;
        return JsonSerializer.Deserialize<Phrases>(file, key.IsSms ? Plain : JsonSerializerOptions.Web)!;
    }

    private sealed class PlainText : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => SmsText.Plain(reader.GetString()!);

        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => reader.GetString()!;

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }
}

/// <summary>Words of senders that name days.</summary>
public sealed class DayWords
{
    public required IReadOnlyList<string> Today { get; init; }

    public required IReadOnlyList<string> Tomorrow { get; init; }

    public required IReadOnlyList<string> DayAfterTomorrow { get; init; }

    /// <summary>Before a weekday: they say that another day is meant.</summary>
    public required IReadOnlyList<string> AnotherThan { get; init; }
}

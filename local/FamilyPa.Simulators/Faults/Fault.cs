using System.Text.Json.Serialization;

namespace FamilyPa.Simulators.Faults;

/// <summary>One way to fail. Made by the factories, or as JSON by <c>POST /simulator/faults</c>.</summary>
/// <remarks>
/// JSON: <c>{"operation":"chat","kind":"status","status":429,"retryAfterSeconds":2,"times":3}</c>; further members are
/// <c>milliseconds</c> (stall, late, drip), <c>length</c>, <c>cut</c>, <c>rubbish</c>, <c>schema</c>, <c>contains</c>, <c>probability</c> and <c>seed</c>, with
/// the enums' names.
/// </remarks>
public sealed record Fault
{
    /// <summary><c>messages.create</c>, <c>messages.list</c>, <c>messages.get</c>, <c>messages.delete</c>, <c>media.list</c>, <c>media</c>, <c>media.delete</c>, <c>cdn</c>, <c>chat</c>, <c>transcription</c>, or <c>*</c>.</summary>
    public required string Operation { get; init; }

    public required FaultKind Kind { get; init; }

    /// <summary>How many requests it hits; null until cleared.</summary>
    [JsonPropertyName("times")]
    public int? Limit { get; init; }

    /// <summary>Hit only requests whose body, file or path contains this.</summary>
    public string? Contains { get; init; }

    /// <summary>The chance (0 to 1) of each request that fits; null hits them all.</summary>
    public double? Probability { get; init; }

    /// <summary>Decides, by their order, which of the requests a probability hits.</summary>
    public int Seed { get; init; }

    /// <summary>How long a stall or a late answer takes, or the pause between two bytes; a stall without it lasts until it is released.</summary>
    public double? Milliseconds { get; init; }

    [JsonPropertyName("status")]
    public int StatusCode { get; init; } = 500;

    public double? RetryAfterSeconds { get; init; }

    [JsonPropertyName("length")]
    public long? DeclaredLength { get; init; }

    [JsonPropertyName("cut")]
    public CutPoint CutAt { get; init; }

    [JsonPropertyName("rubbish")]
    public RubbishKind RubbishIs { get; init; }

    [JsonPropertyName("schema")]
    public SchemaBreak SchemaBreak { get; init; }

    /// <summary>Holds the request <b>before</b> anything happens, for a time or until released; then it goes on as usual.</summary>
    public static Fault Stall(string operation, TimeSpan? duration = null) =>
        new() { Operation = operation, Kind = FaultKind.Stall, Milliseconds = duration?.TotalMilliseconds };

    /// <summary>The effect happens at once, the answer comes late.</summary>
    public static Fault Late(string operation, TimeSpan delay) =>
        new() { Operation = operation, Kind = FaultKind.Late, Milliseconds = delay.TotalMilliseconds };

    /// <summary>The connection breaks.</summary>
    public static Fault Cut(string operation, CutPoint at = CutPoint.BeforeEffect) =>
        new() { Operation = operation, Kind = FaultKind.Cut, CutAt = at };

    /// <summary>The service's own error body under this status; nothing happens.</summary>
    public static Fault Status(string operation, int status, TimeSpan? retryAfter = null) =>
        new() { Operation = operation, Kind = FaultKind.Status, StatusCode = status, RetryAfterSeconds = retryAfter?.TotalSeconds };

    /// <summary>200 with something that is not the promised JSON.</summary>
    public static Fault Rubbish(string operation, RubbishKind kind = RubbishKind.NotJson) =>
        new() { Operation = operation, Kind = FaultKind.Rubbish, RubbishIs = kind };

    /// <summary>Behind the answer's body comes more, until the caller has enough; no Content-Length.</summary>
    public static Fault Endless(string operation) => new() { Operation = operation, Kind = FaultKind.Endless };

    /// <summary>The value of Content-Length. If it is larger than the body, the rest never arrives; if smaller, the body is cut off.</summary>
    public static Fault Length(string operation, long declared) =>
        new() { Operation = operation, Kind = FaultKind.Length, DeclaredLength = declared };

    /// <summary>The body comes byte by byte.</summary>
    public static Fault Drip(string operation, TimeSpan pause) =>
        new() { Operation = operation, Kind = FaultKind.Drip, Milliseconds = pause.TotalMilliseconds };

    /// <summary>A chat answer that the strict schema would not allow.</summary>
    public static Fault BreakSchema(SchemaBreak variant) =>
        new() { Operation = "chat", Kind = FaultKind.SchemaBreaking, SchemaBreak = variant };

    /// <summary>The model declines: <c>message.refusal</c> is set and <c>content</c> is null.</summary>
    public static Fault Refusal() => new() { Operation = "chat", Kind = FaultKind.Refusal };

    /// <summary>The answer stops half-way, with <c>finish_reason</c> <c>length</c>.</summary>
    public static Fault LengthStop() => new() { Operation = "chat", Kind = FaultKind.LengthStop };

    /// <summary>A well-formed chat answer with no choice in it.</summary>
    public static Fault EmptyChoices() => new() { Operation = "chat", Kind = FaultKind.EmptyChoices };

    /// <summary>The content filter stopped the prompt: 400 <c>content_filter</c>.</summary>
    public static Fault ContentFilter() => new() { Operation = "chat", Kind = FaultKind.ContentFilter };

    /// <summary>The model reasons until its tokens are used up: no content, with <c>finish_reason</c> <c>length</c>.</summary>
    public static Fault Reasoning() => new() { Operation = "chat", Kind = FaultKind.Reasoning };

    /// <summary>The message is longer than the model's context: 400 <c>context_length_exceeded</c>.</summary>
    public static Fault TooLong() => new() { Operation = "chat", Kind = FaultKind.TooLong };

    /// <summary>A picture cannot be read: 400.</summary>
    public static Fault BadPicture() => new() { Operation = "chat", Kind = FaultKind.BadPicture };

    public Fault Times(int times) => this with { Limit = times };

    public Fault Once() => Times(1);

    /// <summary>Hits only some of the requests that fit, by chance, and the same ones for the same seed.</summary>
    public Fault Sometimes(double probability, int seed) => this with { Probability = probability, Seed = seed };

    /// <summary>Hits only requests whose body or path contains the text.</summary>
    public Fault OnlyFor(string text) => this with { Contains = text };
}

/// <summary>See the factories of <see cref="Fault"/>. The last eight exist for <c>chat</c> only.</summary>
public enum FaultKind { Stall, Late, Cut, Status, Rubbish, Endless, Length, Drip, SchemaBreaking, Refusal, LengthStop, EmptyChoices, ContentFilter, Reasoning, TooLong, BadPicture }

/// <summary>Where the connection breaks: with nothing done, with all done but nothing said, or in the middle of the answer's body.</summary>
public enum CutPoint { BeforeEffect, AfterEffect, HalfBody }

/// <summary>Plain words, the first half of the real JSON (its effect has happened), a proxy's HTML page, or no body at all.</summary>
public enum RubbishKind { NotJson, TruncatedJson, Html, Empty }

/// <summary>Chat answers (<c>choices[0].message.content</c>) that a strict schema forbids, or allows and our own validation must catch.</summary>
public enum SchemaBreak
{
    MissingTasks, NullTasks, TasksNotAList, NotAnObject, ExtraProperty, MarkdownFence,
    EmptyTitle, HugeTitle, UnknownCategory, UnreadableDate, PastCenturyDate, ConfidenceOutOfRange, ConfidenceNotANumber, UnknownAssignee, TooManyTasks,
}

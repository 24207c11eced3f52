using System.Text.Json;
using FamilyPa.Core.Families;
using NodaTime;
using NodaTime.Text;

namespace FamilyPa.Bench.Evaluation;

/// <summary>A labelled message: a line of <c>messages.jsonl</c>.</summary>
/// <param name="Family">A family of <c>families.json</c>; its first member is the sender.</param>
/// <param name="Now">The family's local time when the message arrives.</param>
/// <param name="Tasks">What a right answer holds. Null where that is not scored, because the message is unclear.</param>
/// <param name="Asks">A right answer asks a question.</param>
/// <param name="Question">What the sender was asked a moment ago.</param>
internal sealed record EvaluationCase(
    string Id, string Language, string Kind, string Family, string Now, string Message, IReadOnlyList<ExpectedTask>? Tasks,
    bool Asks = false, bool Spoken = false, AskedQuestion? Question = null);

/// <param name="Words">What any good title says; see <see cref="TaskMatcher"/>.</param>
/// <param name="Due">As <see cref="Core.Extraction.ExtractedTask.DueAt"/>; null if none is said.</param>
/// <param name="Assignees">All of them; null for nobody's task.</param>
internal sealed record ExpectedTask(IReadOnlyList<string> Words, string? Due = null, IReadOnlyList<string>? Assignees = null);

/// <param name="Title">Of the task that waits for the answer.</param>
internal sealed record AskedQuestion(string Asked, string About, string Title);

/// <summary>The messages that <c>bench eval</c> sends, with their families.</summary>
internal sealed class EvaluationSet
{
    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    private EvaluationSet(IReadOnlyList<EvaluationCase> cases, IReadOnlyDictionary<string, Family> families)
    {
        Cases = cases;
        Families = families;
    }

    public IReadOnlyList<EvaluationCase> Cases { get; }

    public IReadOnlyDictionary<string, Family> Families { get; }

    public static EvaluationSet Read()
    {
        var families = JsonSerializer.Deserialize<Dictionary<string, FamilyData>>(Open("families.json"), Json)!;
        using var lines = new StreamReader(Open("messages.jsonl"));
        return new EvaluationSet(
            [.. lines.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<EvaluationCase>(line, Json)!)],
            families.ToDictionary(family => family.Key, family => family.Value.ToFamily()));
    }

    public Family FamilyOf(EvaluationCase one) => Families[one.Family];

    public DateTimeOffset NowOf(EvaluationCase one) =>
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm").Parse(one.Now).Value.InZoneStrictly(FamilyOf(one).TimeZone).ToDateTimeOffset();

    private static Stream Open(string file) =>
        typeof(EvaluationSet).Assembly.GetManifestResourceStream($"Evaluation/{file}") ?? throw new InvalidOperationException($"{file} is not in the assembly.");

    private sealed record FamilyData(string Zone, string Locale, IReadOnlyList<string> Members)
    {
        public Family ToFamily() => new(
            Guid.NewGuid(), DateTimeZoneProviders.Tzdb[Zone], Locale, [.. Members.Select(name => new Member(Guid.NewGuid(), name, OptedOut: false))]);
    }
}

namespace FamilyPa.Bench.Traffic;

/// <summary>Generates family messages by seed.</summary>
internal sealed class RandomMessages(int seed)
{
    private const double DuplicateShare = 0.2;

    private static readonly string[] Things = ["milk", "bread", "apples", "stamps", "flour", "candles", "batteries", "soap", "rice", "pencils"];
    private static readonly string[] People = ["grandma", "the plumber", "the school", "the dentist", "uncle Joe", "the neighbours"];
    private static readonly string[] Days = ["tomorrow", "on Friday", "on Saturday", "on Monday at 5pm", "next Tuesday"];

    private readonly Random random = new(seed);

    private Func<Draft>[] Kinds =>
    [
        Text,
        () => new Draft("two tasks", $"buy {Any(Things)} {Any(Days)} and call {Any(People)} {Any(Days)}"),
        () => new Draft("help", "HELP"),
        VoiceNote,
        () => new Draft("caption and voice note", $"buy {Any(Things)}", $"call {Any(People)} {Any(Days)}"),
        TwoVoiceNotes,
    ];

    public Draft Text() => new("one task", $"buy {Any(Things)} {Any(Days)}");

    public Draft VoiceNote() => new("voice note", "", $"remind me to buy {Any(Things)} {Any(Days)}");

    public Draft TwoVoiceNotes() => new("two voice notes", "", $"buy {Any(Things)}", $"call {Any(People)} {Any(Days)}");

    /// <summary>One message of each kind and others up to the count, in random order, at least one of them delivered twice.</summary>
    public IReadOnlyList<Draft> Mix(int count)
    {
        var drafts = OneOfEach().Concat(Endless().Take(count - Kinds.Length)).ToArray();
        random.Shuffle(drafts);
        drafts[0] = drafts[0] with { Again = Gap() };
        return drafts;
    }

    public IReadOnlyList<Draft> OneOfEach() => [.. Kinds.Select(make => make())];

    /// <summary>An infinite sequence of random kinds.</summary>
    public IEnumerable<Draft> Endless()
    {
        while (true)
            yield return PerhapsTwice(Any(Kinds)());
    }

    public Draft PerhapsTwice(Draft draft) => random.NextDouble() < DuplicateShare ? draft with { Again = Gap() } : draft;

    private TimeSpan Gap() => TimeSpan.FromMilliseconds(random.Next(400));

    private T Any<T>(T[] choices) => choices[random.Next(choices.Length)];
}

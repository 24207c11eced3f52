using FamilyPa.Bench.Crashes;
using FamilyPa.Simulators.Faults;

namespace FamilyPa.Bench.Storms;

/// <summary>Everything around the app breaks now and then, by seed: database, queues and blobs at their connections, Twilio and Azure OpenAI in what they answer.</summary>
internal sealed class Weather(CrashEnvironment environment, int seed)
{
    private List<ActiveFault> twilio = [];
    private List<ActiveFault> openAI = [];

    /// <param name="probability">Of each request and each round trip to be struck, 0 to 1.</param>
    public void Break(double probability)
    {
        environment.Database.Probability = environment.Queues.Probability = environment.Blobs.Probability = probability;
        twilio = Add(environment.Twilio.Faults, probability, seed);
        openAI = Add(environment.OpenAI.Faults, probability, seed + 100);
    }

    public void Heal()
    {
        environment.Database.Probability = environment.Queues.Probability = environment.Blobs.Probability = 0;
        environment.Twilio.Faults.Clear();
        environment.OpenAI.Faults.Clear();
    }

    /// <summary>Name, how many exchanges there were, how many were struck.</summary>
    public IEnumerable<(string Name, long Exchanges, long Struck)> Report =>
    [
        ("database", environment.Database.Exchanges, environment.Database.Struck),
        ("queues", environment.Queues.Exchanges, environment.Queues.Struck),
        ("blobs", environment.Blobs.Exchanges, environment.Blobs.Struck),
        ("Twilio", environment.Twilio.Calls, twilio.Sum(fault => (long)fault.Hits)),
        ("Azure OpenAI", environment.OpenAI.Calls, openAI.Sum(fault => (long)fault.Hits)),
    ];

    /// <summary>Kinds of trouble that share the probability.</summary>
    private static List<ActiveFault> Add(FaultPlan plan, double probability, int seed)
    {
        Fault[] kinds =
        [
            Fault.Status("*", 500), Fault.Status("*", 503), Fault.Status("*", 429, TimeSpan.FromSeconds(1)),
            Fault.Cut("*", CutPoint.BeforeEffect), Fault.Cut("*", CutPoint.AfterEffect), Fault.Cut("*", CutPoint.HalfBody),
            Fault.Late("*", TimeSpan.FromSeconds(2)),
        ];
        return [.. kinds.Select((kind, index) => plan.Add(kind.Sometimes(probability / kinds.Length, seed + index)))];
    }
}

using FamilyPa.Bench.Crashes;
using FamilyPa.Simulators.Faults;

namespace FamilyPa.Bench.Storms;

/// <summary>Everything around the app breaks now and then, by seed: database, queues and blobs at their connections, Twilio and Azure OpenAI in what they answer.</summary>
internal sealed class FaultSchedule(CrashEnvironment environment, int seed)
{
    private List<ActiveFault> twilio = [];
    private List<ActiveFault> openAI = [];
    private List<long> before = [];

    /// <param name="probability">Of each request and each round trip to be struck, 0 to 1.</param>
    public void Break(double probability)
    {
        environment.Database.Probability = environment.Queues.Probability = environment.Blobs.Probability = probability;
        twilio = Add(environment.Twilio.Faults, probability, seed);
        openAI = Add(environment.OpenAI.Faults, probability, seed + 100);
        before = [.. Exchanges];
    }

    /// <returns>What of each service was struck meanwhile: its name, how many exchanges there were and how many of them broke.</returns>
    public IReadOnlyList<(string Name, long Exchanges, long Struck)> Heal()
    {
        string[] names = ["database", "queues", "blobs", "Twilio", "Azure OpenAI"];
        long[] struck =
        [
            environment.Database.Struck, environment.Queues.Struck, environment.Blobs.Struck,
            twilio.Sum(fault => (long)fault.Hits), openAI.Sum(fault => (long)fault.Hits),
        ];
        var report = names.Zip(Exchanges.Zip(before, (now, then) => now - then), struck).ToList();
        environment.Database.Probability = environment.Queues.Probability = environment.Blobs.Probability = 0;
        environment.Twilio.Faults.Clear();
        environment.OpenAI.Faults.Clear();
        return report;
    }

    private IEnumerable<long> Exchanges =>
    [
        environment.Database.Exchanges, environment.Queues.Exchanges, environment.Blobs.Exchanges, environment.Twilio.Calls, environment.OpenAI.Calls,
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

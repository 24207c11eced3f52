using FamilyPa.Bench.Crashes;
using FamilyPa.Simulators.Faults;

namespace FamilyPa.Bench.Storms;

/// <summary>Injects faults by seed into everything around the app: the connections to database, queues and blobs, and the responses of Twilio and Azure OpenAI.</summary>
internal sealed class FaultSchedule(CrashEnvironment environment, int seed)
{
    private List<ActiveFault> twilio = [];
    private List<ActiveFault> openAI = [];
    private List<long> before = [];

    /// <param name="probability">Of a fault per request or round trip, 0 to 1.</param>
    public void Break(double probability)
    {
        environment.Database.Probability = environment.Queues.Probability = environment.Blobs.Probability = probability;
        twilio = Add(environment.Twilio.Faults, probability, seed);
        openAI = Add(environment.OpenAI.Faults, probability, seed + 100);
        before = [.. Exchanges];
    }

    /// <returns>For each service its name, the number of exchanges, and the number of faults.</returns>
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

    /// <summary>Adds several kinds of faults that share the probability.</summary>
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

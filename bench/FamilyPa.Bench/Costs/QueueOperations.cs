using System.Text.RegularExpressions;

namespace FamilyPa.Bench.Costs;

/// <summary>Counts operations on messages of queues from Azurite's access log.</summary>
internal sealed partial class QueueOperations
{
    private readonly Dictionary<string, long> counts = new() { ["put"] = 0, ["get"] = 0, ["update"] = 0, ["delete"] = 0 };

    public void Count(string line)
    {
        if (Operation().Match(line) is not { Success: true } match)
            return;
        lock (counts)
            counts[match.Groups["method"].Value switch { "POST" => "put", "GET" => "get", "PUT" => "update", _ => "delete" }]++;
    }

    public Dictionary<string, double> Read()
    {
        lock (counts)
            return counts.ToDictionary(count => $"queue operations: {count.Key}", count => (double)count.Value);
    }

    [GeneratedRegex("\"(?<method>POST|GET|PUT|DELETE) /[^/ ]+/[^/ ]+/messages")]
    private static partial Regex Operation();
}

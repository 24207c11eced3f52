using System.Collections.Concurrent;
using System.Text.Json;
using FamilyPa.Local;

namespace FamilyPa.Tests.Deployment.Azure;

/// <summary>The resources of a stage as <c>bicep snapshot</c> predicts them. Expressions are evaluated, unless they need an output of another resource.</summary>
internal sealed class StageSnapshot
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<StageSnapshot>>> Known = new();

    private readonly List<JsonElement> resources;

    private StageSnapshot(JsonElement root) => resources = [.. root.GetProperty("predictedResources").EnumerateArray()];

    public static Task<StageSnapshot> OfAsync(string stage, string databaseServerName = "")
    {
        Bicep.Require();
        return Known.GetOrAdd($"{stage} {databaseServerName}", _ => new(() => TakeAsync(stage, databaseServerName))).Value;
    }

    /// <summary>The <c>properties</c> of the resource of a type; null if there is none.</summary>
    public JsonElement? Properties(string type) => All(type).Select(resource => resource.GetProperty("properties")).Cast<JsonElement?>().SingleOrDefault();

    public IEnumerable<JsonElement> All(string type) => resources.Where(resource => resource.GetProperty("type").GetString() == type);

    private static async Task<StageSnapshot> TakeAsync(string stage, string databaseServerName)
    {
        // The CLI writes its result beside the parameters.
        var folder = Directory.CreateTempSubdirectory("familypa-infra-");
        try
        {
            var infra = Path.Combine(Repository.Root, "infra");
            foreach (var file in Directory.EnumerateFiles(infra, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(folder.FullName, Path.GetRelativePath(infra, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }

            await Bicep.RunAsync(
                new Dictionary<string, string?>
                {
                    ["AZURE_ENV_NAME"] = stage,
                    ["OPERATOR_NAME"] = "operators",
                    ["OPERATOR_OBJECT_ID"] = "22222222-2222-2222-2222-222222222222",
                    ["DATABASE_SERVER_NAME"] = databaseServerName,
                    ["ALERT_EMAILS"] = "operator@example.com",
                    ["TWILIO_ACCOUNT_SID"] = "AC1",
                    ["TWILIO_AUTH_TOKEN"] = "token",
                    ["FAMILYPA_AUDIO_MAY_LEAVE_EU"] = "true",
                },
                "snapshot", Path.Combine(folder.FullName, $"main.{stage}.bicepparam"), "--mode", "overwrite",
                "--subscription-id", "00000000-0000-0000-0000-000000000001", "--location", "swedencentral");
            return new StageSnapshot(JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder.FullName, $"main.{stage}.snapshot.json"))).RootElement);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

using System.Text.Json;

namespace FamilyPa.Cli;

/// <summary>The content of <c>local/.state/run.json</c>. Its secrets are sent to the local run only.</summary>
internal sealed record LocalRun(string BaseUrl, string PublicBaseUrl, string Storage, string FunctionKey, LocalRun.TwilioPart Twilio, LocalRun.DemoPart Demo)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Searches FAMILYPA_LOCAL_STATE, then the current folder and its parents; null when there is no file.</summary>
    public static LocalRun? Find()
    {
        try
        {
            return Paths().FirstOrDefault(File.Exists) is { } path ? JsonSerializer.Deserialize<LocalRun>(File.ReadAllText(path), Json) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public bool IsAt(Uri url) => Uri.TryCreate(BaseUrl, UriKind.Absolute, out var own) && own.IsLoopback && url.IsLoopback && own.Port == url.Port;

    private static IEnumerable<string> Paths()
    {
        if (Environment.GetEnvironmentVariable("FAMILYPA_LOCAL_STATE") is { Length: > 0 } state)
            yield return Path.Combine(state, "run.json");
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
            yield return Path.Combine(folder.FullName, "local", ".state", "run.json");
    }

    public sealed record TwilioPart(string AccountSid, string AuthToken, string SharedSecret);

    public sealed record DemoPart(string OwnerPhone, string TwilioNumber);
}

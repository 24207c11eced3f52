using System.Text.Encodings.Web;
using System.Text.Json;
using FamilyPa.Local.App;
using FamilyPa.Local.Processes;

namespace FamilyPa.Local.Running;

/// <summary>local/.state/run.json: addresses and secrets of the local run, for scripts, load runs and the operator's command line.</summary>
/// <param name="PublicBaseUrl">The address that Twilio signs. It differs from <paramref name="BaseUrl"/> only if PUBLIC_BASE_URL is set.</param>
/// <param name="Postgres">A libpq URI with full rights.</param>
/// <param name="Phone">Null when Twilio is not simulated.</param>
public sealed record RunFile(
    string BaseUrl, string PublicBaseUrl, string Postgres, string Storage, string FunctionKey, RunFile.TwilioPart Twilio, RunFile.OpenAIPart Openai, string AppLog, string? Phone)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // Keep plus signs unescaped for shell scripts without a JSON parser.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string DefaultPath => Path.Combine(Repository.StateFolder, "run.json");

    /// <summary>0 before the app has started.</summary>
    public int AppPid { get; init; }

    /// <summary>The local run's own process. Stopping it stops everything.</summary>
    public int Pid { get; init; } = Environment.ProcessId;

    public DemoPart Demo { get; init; } = new(DemoFamily.FamilyId, DemoFamily.Owner.Phone, DemoFamily.Owner.UserId, DemoFamily.TwilioNumber);

    internal static RunFile Of(AppWiring wiring, string postgres, string? phone)
    {
        var (publicBaseUrl, twilio) = (wiring.PublicBaseUrl ?? wiring.BaseUrl, wiring.Twilio);
        return new RunFile(
            wiring.BaseUrl, publicBaseUrl, postgres, wiring.Storage, wiring.FunctionKey,
            new(twilio.AccountSid, twilio.AuthToken, twilio.SharedSecret, twilio.WebhookUrl(publicBaseUrl), twilio.ApiBaseUrl),
            new(wiring.OpenAIEndpoint), LocalData.AppLog, phone);
    }

    public static RunFile? Read(string path) =>
        File.Exists(path) ? JsonSerializer.Deserialize<RunFile>(File.ReadAllText(path), Json) : null;

    public void Write(string path) => SecretFile.Write(path, JsonSerializer.Serialize(this, Json));

    public sealed record TwilioPart(string AccountSid, string AuthToken, string SharedSecret, string WebhookUrl, string ApiBaseUrl);

    public sealed record OpenAIPart(string Endpoint);

    public sealed record DemoPart(Guid FamilyId, string OwnerPhone, Guid OwnerUserId, string TwilioNumber);
}

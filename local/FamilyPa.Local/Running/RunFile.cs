using System.Text.Encodings.Web;
using System.Text.Json;
using FamilyPa.Local.App;
using FamilyPa.Local.Processes;

namespace FamilyPa.Local.Running;

/// <summary>local/.state/run.json: addresses and secrets of the local run, for scripts, load runs and the operator's command line.</summary>
public sealed record RunFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // Keep plus signs unescaped for shell scripts without a JSON parser.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string DefaultPath => Path.Combine(Repository.StateFolder, "run.json");

    public required string BaseUrl { get; init; }

    /// <summary>The address that Twilio signs. It differs from <see cref="BaseUrl"/> only if PUBLIC_BASE_URL is set.</summary>
    public required string PublicBaseUrl { get; init; }

    /// <summary>A libpq URI with full rights.</summary>
    public required string Postgres { get; init; }

    public required string Storage { get; init; }

    public required string FunctionKey { get; init; }

    public required TwilioPart Twilio { get; init; }

    public required OpenAIPart Openai { get; init; }

    public required int AppPid { get; init; }

    /// <summary>The local run's own process. Stopping it stops everything.</summary>
    public int Pid { get; init; } = Environment.ProcessId;

    public required string AppLog { get; init; }

    /// <summary>Null when Twilio is not simulated.</summary>
    public string? Phone { get; init; }

    public DemoPart Demo { get; init; } = new(DemoFamily.FamilyId, DemoFamily.Owner.Phone, DemoFamily.Owner.UserId, DemoFamily.TwilioNumber);

    /// <summary>Before the app has started.</summary>
    internal static RunFile Of(AppWiring wiring, string postgres, string? phone)
    {
        var publicBaseUrl = wiring.PublicBaseUrl ?? wiring.BaseUrl;
        var twilio = wiring.Twilio;
        return new RunFile
        {
            BaseUrl = wiring.BaseUrl,
            PublicBaseUrl = publicBaseUrl,
            Postgres = postgres,
            Storage = wiring.Storage,
            FunctionKey = wiring.FunctionKey,
            Twilio = new(twilio.AccountSid, twilio.AuthToken, twilio.SharedSecret, twilio.WebhookUrl(publicBaseUrl), twilio.ApiBaseUrl),
            Openai = new(wiring.OpenAIEndpoint),
            AppPid = 0,
            AppLog = LocalData.AppLog,
            Phone = phone,
        };
    }

    public static RunFile? Read(string path) =>
        File.Exists(path) ? JsonSerializer.Deserialize<RunFile>(File.ReadAllText(path), Json) : null;

    public void Write(string path) => SecretFile.Write(path, JsonSerializer.Serialize(this, Json));

    public sealed record TwilioPart(string AccountSid, string AuthToken, string SharedSecret, string WebhookUrl, string ApiBaseUrl);

    public sealed record OpenAIPart(string Endpoint);

    public sealed record DemoPart(Guid FamilyId, string OwnerPhone, Guid OwnerUserId, string TwilioNumber);
}

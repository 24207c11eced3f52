using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using FamilyPa.Simulators.Twilio;

namespace FamilyPa.Tests.Local.Simulators;

/// <summary>A simulated Twilio and a client that speaks its REST API with the account's credentials.</summary>
public sealed class TwilioAccount : IAsyncDisposable
{
    public const string Ours = "whatsapp:+14155238886";
    public const string Anns = "whatsapp:+447700900123";

    private TwilioAccount(TwilioSimulator simulator, TwilioSimulatorOptions options)
    {
        Simulator = simulator;
        Options = options;
        Http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(simulator.BaseUrl), Timeout = TimeSpan.FromSeconds(30) };
        Http.DefaultRequestHeaders.Authorization = Credentials(options.AccountSid, options.AuthToken);
    }

    public TwilioSimulator Simulator { get; }

    public TwilioSimulatorOptions Options { get; }

    public HttpClient Http { get; }

    public string Messages => $"/2010-04-01/Accounts/{Options.AccountSid}/Messages.json";

    public static async Task<TwilioAccount> OpenAsync(TwilioSimulatorOptions? options = null)
    {
        options ??= new TwilioSimulatorOptions { CallbackDelay = TimeSpan.Zero };
        return new TwilioAccount(await TwilioSimulator.StartAsync(options), options);
    }

    /// <returns>The status and the JSON body.</returns>
    public async Task<(int Status, JsonElement Json)> SendAsync(params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var answer = await Http.PostAsync(Messages, form, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken));
    }

    public Task<(int Status, JsonElement Json)> ReplyAsync(string body, params (string Name, string Value)[] more) =>
        SendAsync([("To", Anns), ("From", Ours), ("Body", body), .. more]);

    public Task<JsonElement> GetAsync(string uri) => Http.GetFromJsonAsync<JsonElement>(uri, TestContext.Current.CancellationToken);

    public static AuthenticationHeaderValue Credentials(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Simulator.DisposeAsync();
    }
}

using FamilyPa.Simulators.OpenAI;
using FamilyPa.Simulators.Twilio;

namespace FamilyPa.Tests.Infrastructure;

/// <summary>
/// The real app as a process of its own, with a database, a storage account, a Twilio and an Azure OpenAI that no other test class
/// touches at the same time, and nothing but the demo family in it. Derive from it to run the app with other settings.
/// </summary>
public partial class FamilyPaApp(TestEnvironment environment) : IAsyncLifetime
{
    public const string FunctionKey = "test-function-key-0123456789";
    public const string AuthToken = "test-auth-token";
    public const string SessionSigningKey = "test-session-signing-key-0123456789abcdef";

    private AppInstance instance = null!;

    public TestDatabase Database => instance.Database;

    public StorageAccount Storage => instance.Storage;

    public TwilioSimulator Twilio => instance.Twilio;

    public AzureOpenAISimulator OpenAI => instance.OpenAI;

    /// <summary>Keeps no cookies and follows no redirects.</summary>
    public HttpClient Http => instance.Http;

    /// <summary>Sends the function key with every request.</summary>
    public HttpClient Operator => instance.Operator;

    public string BaseUrl => instance.BaseUrl;

    /// <summary>What the app was started with.</summary>
    public IReadOnlyDictionary<string, string?> Settings => instance.Settings;

    public int ProcessId => instance.Process!.ProcessId;

    /// <summary>Every line that the app wrote for this fixture, restarts included.</summary>
    public string Log => instance.ReadLog();

    /// <summary>The last lines the app wrote: what a failure is explained with.</summary>
    public string LogTail => instance?.Process?.Output.ToString() ?? "";

    private bool IsReused => Attribute.IsDefined(GetType(), typeof(ReusedAppAttribute), inherit: false);

    /// <summary>Changes what the app of this fixture is started with; null removes a setting.</summary>
    protected virtual void Configure(IDictionary<string, string?> settings)
    {
    }

    public async ValueTask InitializeAsync()
    {
        if (IsReused && await environment.Apps.TakeAsync(GetType()) is { } idle)
        {
            instance = idle;
            instance.SkipLog();
            return;
        }

        instance = await AppInstance.PrepareAsync(environment);
        await instance.StartAsync(Configure);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (instance is null)
            return;
        var isFresh = false;
        try
        {
            isFresh = IsReused && !instance.IsChanged && await instance.ResetAsync();
        }
        finally
        {
            if (isFresh)
                await environment.Apps.GiveAsync(GetType(), instance);
            else
                await instance.DisposeAsync();
        }
    }

    /// <summary>As a crash: nothing is finished, nothing is said.</summary>
    public Task KillAsync() => instance.KillAsync();

    /// <summary>As the platform asks: work in hand may end first.</summary>
    public Task StopAsync() => instance.StopAsync();

    /// <summary>Starts it again after <see cref="KillAsync"/> or <see cref="StopAsync"/>, or by stopping it first.</summary>
    /// <param name="change">Lasts until changed back.</param>
    public Task RestartAsync(Action<IDictionary<string, string?>>? change = null) => instance.RestartAsync(change);
}

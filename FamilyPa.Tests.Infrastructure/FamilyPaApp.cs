using FamilyPa.Simulators.OpenAI;
using FamilyPa.Simulators.Twilio;

namespace FamilyPa.Tests.Infrastructure;

/// <summary>
/// The real app as a process with its own database, storage account, simulated Twilio and Azure OpenAI, and the demo family.
/// Derive a class to change the settings.
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

    /// <summary>A client without cookies and redirects.</summary>
    public HttpClient Http => instance.Http;

    /// <summary>Sends the function key with every request.</summary>
    public HttpClient Operator => instance.Operator;

    public string BaseUrl => instance.BaseUrl;

    /// <summary>The app's settings.</summary>
    public IReadOnlyDictionary<string, string?> Settings => instance.Settings;

    public int ProcessId => instance.Process!.ProcessId;

    /// <summary>The app's log for this fixture, restarts included.</summary>
    public string Log => instance.ReadLog();

    /// <summary>The last lines of the app's output, for failure messages.</summary>
    public string LogTail => instance?.Process?.Output.ToString() ?? "";

    private bool IsReused => Attribute.IsDefined(GetType(), typeof(ReusedAppAttribute), inherit: false);

    /// <summary>Changes the app's settings; null removes one.</summary>
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

    /// <summary>Kills the app, as a crash does.</summary>
    public Task KillAsync() => instance.KillAsync();

    /// <summary>Stops the app gracefully: functions in progress may finish.</summary>
    public Task StopAsync() => instance.StopAsync();

    /// <summary>Stops the app if it runs, and starts it again.</summary>
    /// <param name="change">Changes settings until the next change.</param>
    public Task RestartAsync(Action<IDictionary<string, string?>>? change = null) => instance.RestartAsync(change);
}

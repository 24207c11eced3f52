using FamilyPa.Local.App;
using FamilyPa.Local.Processes;

namespace FamilyPa.Tests.Infrastructure;

public partial class FamilyPaApp
{
    /// <summary>Starts a second app process on the same database and storage account, like a second instance.</summary>
    public async Task<Twin> StartTwinAsync()
    {
        var url = $"http://127.0.0.1:{LoopbackPort.Free()}";
        var process = await AppProcess.StartAsync(new AppStart(url, FunctionKey, instance.Settings));
        return new Twin(process, AppInstance.Client(url));
    }

    public sealed class Twin(AppProcess process, HttpClient http) : IAsyncDisposable
    {
        public HttpClient Http => http;

        /// <inheritdoc cref="AppProcess.KillAsync"/>
        public Task KillAsync() => process.KillAsync();

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            await process.DisposeAsync();
        }
    }
}

using FamilyPa.Core;
using FamilyPa.Core.Media;
using FamilyPa.Tests.Infrastructure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Tests.Media;

/// <summary>The part of the app that fetches, against servers of a test's own.</summary>
public sealed class Fetching(TestEnvironment environment) : IAsyncLifetime
{
    /// <summary>The path of the message's attachment at Twilio's API.</summary>
    public const string Media = $"/2010-04-01/Accounts/AC0/Messages/{MessageSid}/Media/ME00000000000000000000000000000000";

    private const string MessageSid = "MM00000000000000000000000000000000";
    private StorageAccount storage = null!;
    private int parts;

    public async ValueTask InitializeAsync() => storage = await environment.TakeStorageAccountAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Fetches what a server has under <see cref="Media"/>, as a webhook announced it.</summary>
    internal Task<(LookedAt Found, byte[]? Kept)> FetchAsync(HostileServer api, params (string Setting, string Value)[] settings) =>
        FetchAsync(api.Url + Media, api, settings);

    internal async Task<(LookedAt Found, byte[]? Kept)> FetchAsync(string url, HostileServer api, params (string Setting, string Value)[] settings)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var services = Services(api, settings);
        var part = new MediaPart(Interlocked.Increment(ref parts), url, "audio/ogg");
        var found = await services.GetRequiredService<MediaDownloader>().FetchAsync(MessageSid, part, new MediaAllowance(600, 10), mayComeLater: false, cancellation);
        if (found.File.BlobName is not { } name)
            return (found, null);
        await using var blob = await services.GetRequiredService<MediaStore>().OpenAsync(name, cancellation);
        using var bytes = new MemoryStream();
        await blob.CopyToAsync(bytes, cancellation);
        return (found, bytes.ToArray());
    }

    internal ServiceProvider Services(HostileServer api, params (string Setting, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = storage.ConnectionString,
            ["POSTGRES_CONNECTION_STRING"] = "Host=127.0.0.1;Database=none",
            ["TWILIO_ACCOUNT_SID"] = "AC0",
            ["TWILIO_AUTH_TOKEN"] = "token",
            ["SESSION_SIGNING_KEY"] = "test-session-signing-key-0123456789abcdef",
            ["TWILIO_API_BASE_URL"] = api.Url,
            ["WEBHOOK_SHARED_SECRET"] = "0123456789abcdef",
            ["PUBLIC_BASE_URL"] = "https://pa.example.com",
            ["AZURE_OPENAI_ENDPOINT"] = "https://example.openai.azure.com",
            ["AZURE_OPENAI_CHAT_DEPLOYMENT"] = "chat",
            ["AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT"] = "transcription",
            ["Pipeline:MediaIdleTimeout"] = "00:00:01",
            ["Pipeline:MediaTimeout"] = "00:00:02",
            ["Pipeline:TwilioTimeout"] = "00:00:02",
            ["Pipeline:MediaRetries"] = "0",
        };
        foreach (var (setting, value) in settings)
            values[setting] = value;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        return new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddSettings(configuration).AddMedia().BuildServiceProvider();
    }
}

using FamilyPa.Local.App;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Media;

/// <summary>The app, and a family member who sends attachments.</summary>
[ReusedApp]
public sealed class MediaApp(TestEnvironment environment) : FastApp(environment)
{
    /// <returns>The message's sid.</returns>
    public Task<string> SendAsync(string declaredType, byte[] content, string body = "") => SendAsync(body, new InboundMedia(declaredType, content));

    public async Task<string> SendAsync(string body, params InboundMedia[] media)
    {
        var delivery = await Twilio.SendInboundAsync(Message(body, media), TestContext.Current.CancellationToken);
        return delivery.Accepted ? delivery.MessageSid : throw Failure($"The webhook answered {delivery.Status}.");
    }

    public static InboundMessage Message(string body, params InboundMedia[] media) =>
        new() { From = $"whatsapp:{DemoFamily.Owner.Phone}", Body = body, Media = media };

    /// <summary>Waits until the download phase is through with a message, whatever comes behind it.</summary>
    /// <returns>The reason it gave to the job.</returns>
    public async Task<string?> WaitForDownloadAsync(string sid)
    {
        await WaitForAsync(() => AttemptsAsync(sid), attempts => attempts.Contains("download succeeded"), $"the download of {sid}");
        return (await JobAsync(sid))!.Reason;
    }

    /// <summary>The rows of a message's attachments.</summary>
    public Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> FilesAsync(string sid) =>
        Database.RowsAsync("select * from media_files where message_sid = $1 order by ordinal", sid);

    public Task<string> NextPhaseAsync(string sid) =>
        Database.ScalarAsync<string>(
            """
            select coalesce((select a.phase from job_attempts a where a.job_id = j.id and a.phase <> 'download' order by a.attempt_number limit 1), j.current_phase)
            from processing_jobs j where j.message_sid = $1
            """,
            sid);

    /// <summary>Requests that concern a message, by operation.</summary>
    public int CountRequests(string operation, string sid) =>
        Twilio.Requests.Count(request => request.Operation == operation && request.Path.Contains(sid, StringComparison.Ordinal));

    protected override void Configure(IDictionary<string, string?> settings)
    {
        base.Configure(settings);
        // What a recording says is others' business: a kept one waits here to be listened to.
        settings["AzureWebJobs.Transcribe.Disabled"] = "true";
        settings["Pipeline__MediaIdleTimeout"] = "00:00:01";
        settings["Pipeline__MediaTimeout"] = "00:00:05";
    }
}

using System.Globalization;
using FamilyPa.Simulators.Hosting;

namespace FamilyPa.Simulators.Twilio;

/// <summary>The result of one status callback.</summary>
/// <param name="HttpStatus">The receiver's answer; null if there was none.</param>
public sealed record CallbackDelivery(string MessageSid, string Status, int? HttpStatus, DateTimeOffset At);

/// <summary>Moves each message through its statuses and tells its StatusCallback, signed. One message's callbacks go in order.</summary>
internal sealed class StatusCallbacks(MessageStore store, TwilioSimulatorOptions options, HttpClient http) : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim slots = new(16);

    public Recorder<CallbackDelivery> Deliveries { get; } = new();

    public void Begin(TwilioMessage message) => _ = Task.Run(() => RunAsync(message));

    /// <summary>Sets a status and reports it, in any order.</summary>
    public async Task<CallbackDelivery?> ReportAsync(string messageSid, string status, int? errorCode)
    {
        var message = store.Update(messageSid, known => known with
        {
            Status = status,
            ErrorCode = errorCode,
            SentAt = status is "sent" or "delivered" ? known.SentAt ?? DateTimeOffset.UtcNow : known.SentAt,
        });
        if (message?.StatusCallback is not { } url) return null;
        var delivery = new CallbackDelivery(messageSid, status, await PostAsync(url, message), DateTimeOffset.UtcNow);
        Deliveries.Add(delivery);
        return delivery;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        stopping.Dispose();
    }

    private async Task RunAsync(TwilioMessage message)
    {
        try
        {
            foreach (var status in (string[])["queued", "sent", "delivered"])
            {
                if (options.CallbackDelay > TimeSpan.Zero) await Task.Delay(options.CallbackDelay, stopping.Token);
                await slots.WaitAsync(stopping.Token);
                try
                {
                    await ReportAsync(message.Sid, status, null);
                }
                finally
                {
                    slots.Release();
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The simulator is going away.
        }
    }

    private async Task<int?> PostAsync(string url, TwilioMessage message)
    {
        var form = new Dictionary<string, string>
        {
            ["SmsSid"] = message.Sid,
            ["SmsStatus"] = message.Status,
            ["MessageStatus"] = message.Status,
            ["MessageSid"] = message.Sid,
            ["AccountSid"] = options.AccountSid,
            ["To"] = message.To,
            ["From"] = message.From,
            ["ApiVersion"] = "2010-04-01",
        };
        if (MessageRules.IsWhatsApp(message.To))
        {
            form["ChannelPrefix"] = "whatsapp";
            form["ChannelInstallSid"] = "XE00000000000000000000000000000001";
            form["ChannelToAddress"] = message.To[9..];
            if (message.Status is "delivered" or "read" or "undelivered") form["EventType"] = message.Status.ToUpperInvariant();
        }

        if (message.ErrorCode is { } code) form["ErrorCode"] = code.ToString(CultureInfo.InvariantCulture);
        return (await WebhookPost.SendAsync(http, url, url, form, TwilioMessage.NewSid("IT"), options, stopping.Token)).Status;
    }
}

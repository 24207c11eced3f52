using System.CommandLine;
using Azure;
using Azure.Identity;
using Azure.Storage.Queues;
using FamilyPa.Cli.Output;
using FamilyPa.Core.Twilio;

namespace FamilyPa.Cli.Commands;

/// <summary><c>familypa requeue</c>: puts a message into a phase's queue without the app.</summary>
internal static class RequeueCommand
{
    public static Command Create()
    {
        var phase = new Argument<string>("phase") { Description = "The phase." }.AcceptOnlyFromAmong(FilterOptions.PhaseNames);
        var sid = new Argument<string>("sid") { Description = "The MessageSid." };
        var storage = new Option<string?>("--storage")
        {
            Description = "The queue service's https URL, to log in with the signed-in account. Default: the connection string in AzureWebJobsStorage, or the local run.",
        };
        storage.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>()?.StartsWith("https://", StringComparison.Ordinal) == false)
                result.AddError("--storage takes an https URL. Set AzureWebJobsStorage for a connection string, because process lists show arguments");
        });
        var command = new Command("requeue", "Put a message into a phase's queue. A failed job continues there.") { phase, sid, storage };
        command.SetAction(async (parsed, cancellation) =>
        {
            var messageSid = parsed.GetRequiredValue(sid);
            if (!MessageSids.IsValid(messageSid))
                throw CliException.Usage("invalid MessageSid");
            var queue = Queue(
                GlobalOptions.Or(parsed.GetValue(storage), "AzureWebJobsStorage") ?? LocalRun.Find()?.Storage
                    ?? throw CliException.Usage("which storage? Give --storage or AzureWebJobsStorage, or start the local run"),
                parsed.GetRequiredValue(phase));
            await SendAsync(queue, messageSid, cancellation);
            if (parsed.GetValue(GlobalOptions.Json))
                Screen.Json(new { queue = queue.Name, message_sid = messageSid });
            else
                Screen.Line($"{messageSid} is in queue {queue.Name}.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static QueueClient Queue(string storage, string name)
    {
        var options = new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None };
        options.Retry.MaxRetries = 1;
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(10);
        try
        {
            return Uri.TryCreate(storage, UriKind.Absolute, out var address) && address.Scheme == "https"
                ? new QueueServiceClient(address, new DefaultAzureCredential(), options).GetQueueClient(name)
                : new QueueClient(storage, name, options);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw CliException.Usage("the storage's connection string cannot be read");
        }
    }

    private static async Task SendAsync(QueueClient queue, string messageSid, CancellationToken cancellation)
    {
        try
        {
            await queue.SendMessageAsync(messageSid, timeToLive: TimeSpan.FromSeconds(-1), cancellationToken: cancellation);
        }
        catch (RequestFailedException e) when (e.Status > 0)
        {
            throw new CliException(
                e.Status switch { 404 => ExitCode.NotFound, 401 or 403 => ExitCode.Refused, _ => ExitCode.Failed },
                $"the storage service returned {e.Status} {e.ErrorCode}");
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            throw new CliException(ExitCode.Unreachable, $"{queue.Uri.GetLeftPart(UriPartial.Authority)} cannot be reached");
        }
        catch (AuthenticationFailedException)
        {
            throw new CliException(ExitCode.Refused, "no signed-in account may write to that queue (az login)");
        }
    }
}

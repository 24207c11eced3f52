using System.CommandLine;
using FamilyPa.Floor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Bench;

/// <summary>The floor's work in a bare Kestrel endpoint without a Functions host, for comparison.</summary>
internal static class BareEndpoint
{
    public static Command Command()
    {
        var url = new Option<string>("--url") { Required = true };
        var postgres = new Option<string>("--postgres") { Required = true };
        var storage = new Option<string>("--storage") { Required = true };
        var command = new Command("bare-endpoint", "Runs the bare Kestrel endpoint (the webhook benchmark starts it).") { url, postgres, storage };
        command.Hidden = true;
        command.SetAction((parsed, cancellation) =>
            RunAsync(parsed.GetValue(url)!, parsed.GetValue(postgres)!, parsed.GetValue(storage)!, cancellation));
        return command;
    }

    private static async Task RunAsync(string url, string postgres, string storage, CancellationToken cancellation)
    {
        var webhook = await MinimalWebhook.CreateAsync(postgres, storage);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        await using var app = builder.Build();
        app.MapPost("/", webhook.AnswerAsync);
        await app.StartAsync(cancellation);
        await app.WaitForShutdownAsync(cancellation);
    }
}

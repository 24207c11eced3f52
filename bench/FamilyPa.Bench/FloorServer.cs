using System.CommandLine;
using Azure.Storage.Queues;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace FamilyPa.Bench;

/// <summary>
/// The least that a webhook of this kind can do: a bare Kestrel endpoint that reads the form, does one INSERT … ON CONFLICT and one
/// enqueue. A process of its own, as the app is, on the same database and queue service.
/// </summary>
internal static class FloorServer
{
    public const string Queue = "floor";

    public static Command Command()
    {
        var url = new Option<string>("--url") { Required = true };
        var postgres = new Option<string>("--postgres") { Required = true };
        var storage = new Option<string>("--storage") { Required = true };
        var command = new Command("floor", "Runs the floor's server (the webhook benchmark starts it).") { url, postgres, storage };
        command.Hidden = true;
        command.SetAction((parsed, cancellation) =>
            RunAsync(parsed.GetValue(url)!, parsed.GetValue(postgres)!, parsed.GetValue(storage)!, cancellation));
        return command;
    }

    private static async Task RunAsync(string url, string postgres, string storage, CancellationToken cancellation)
    {
        var address = new NpgsqlConnectionStringBuilder(postgres) { MaxAutoPrepare = 10, AutoPrepareMinUsages = 2 };
        await using var source = NpgsqlDataSource.Create(address);
        await using (var create = source.CreateCommand("create table if not exists bench_floor (message_sid text primary key, body text)"))
            await create.ExecuteNonQueryAsync(cancellation);
        var queue = new QueueClient(storage, Queue);
        await queue.CreateIfNotExistsAsync(cancellationToken: cancellation);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        await using var app = builder.Build();
        app.MapPost("/", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            var sid = form["MessageSid"].ToString();
            await using var insert = source.CreateCommand("insert into bench_floor values ($1, $2) on conflict do nothing");
            insert.Parameters.Add(new NpgsqlParameter { Value = sid });
            insert.Parameters.Add(new NpgsqlParameter { Value = form["Body"].ToString() });
            await insert.ExecuteNonQueryAsync();
            await queue.SendMessageAsync(sid);
            return Results.Text("<Response/>", "text/xml");
        });
        await app.StartAsync(cancellation);
        await app.WaitForShutdownAsync(cancellation);
    }
}

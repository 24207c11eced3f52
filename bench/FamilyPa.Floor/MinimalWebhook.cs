using Azure.Storage.Queues;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace FamilyPa.Floor;

/// <summary>The minimum work of such a webhook: read the form, one INSERT … ON CONFLICT, one enqueue.</summary>
public sealed class MinimalWebhook(NpgsqlDataSource source, QueueClient queue)
{
    /// <summary>Creates the table and the queue if they do not exist.</summary>
    public static async Task<MinimalWebhook> CreateAsync(string postgres, string storage)
    {
        var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(postgres) { MaxAutoPrepare = 10, AutoPrepareMinUsages = 2 });
        await using var create = source.CreateCommand("create table if not exists bench_floor (message_sid text primary key, body text)");
        await create.ExecuteNonQueryAsync();
        var queue = new QueueClient(storage, "floor");
        await queue.CreateIfNotExistsAsync();
        return new MinimalWebhook(source, queue);
    }

    public async Task<IResult> AnswerAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        var sid = form["MessageSid"].ToString();
        await using var insert = source.CreateCommand("insert into bench_floor values ($1, $2) on conflict do nothing");
        insert.Parameters.Add(new NpgsqlParameter { Value = sid });
        insert.Parameters.Add(new NpgsqlParameter { Value = form["Body"].ToString() });
        await insert.ExecuteNonQueryAsync();
        await queue.SendMessageAsync(sid);
        return Results.Text("<Response/>", "text/xml");
    }
}

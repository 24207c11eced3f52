using System.Text.Json;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.RowSecurity;

public sealed class When_there_are_many_other_families(TestEnvironment environment)
{
    /// <summary>What the board asks, also without naming its family: the policies alone must be enough.</summary>
    private static readonly string[] Queries =
    [
        "select * from tasks where status in ('open', 'in_progress') order by due_at, id limit 100",
        "select * from tasks where family_id = FAMILY and status in ('open', 'in_progress') order by due_at, id limit 100",
        "select * from tasks where family_id = FAMILY and status in ('open', 'in_progress') and (due_at, id) > (now(), 'ffffffff-ffff-ffff-ffff-ffffffffffff') order by due_at, id limit 100",
        "select * from tasks where status = 'done' order by completed_at desc, id desc limit 100",
        "select * from tasks where title ilike '%7%' order by due_at, id limit 100",
        "select count(*), sum(version), max(updated_at) from tasks",
        "select transcript from voice_transcriptions order by created_at desc limit 100",
    ];

    [Fact]
    public async Task Their_rows_are_not_even_looked_at()
    {
        await using var families = new TwoFamilies(environment);
        await families.InitializeAsync();
        await FillAsync(families, families.A.Id, 500);
        var alone = await ReadBuffersAsync(families);

        await families.Database.ExecuteAsync("insert into families (id, name, timezone) select md5(i::text)::uuid, 'Another', 'UTC' from generate_series(1, 100) i");
        await FillAsync(families, null, 15_000);
        var among = await ReadBuffersAsync(families);

        // A tree that holds thirty times as much is a level or two deeper.
        Assert.All(alone.Zip(among), pair => Assert.True(pair.Second <= pair.First * 1.3 + 60, $"{string.Join(' ', alone)} pages before, {string.Join(' ', among)} after"));
    }

    /// <param name="family">Null: spread over all the others.</param>
    private static async Task FillAsync(TwoFamilies families, Guid? family, int count)
    {
        var whose = family is { } id ? $"'{id}'::uuid" : "md5((1 + i % 100)::text)::uuid";
        await families.Database.ExecuteAsync(
            $"""
            insert into tasks (family_id, title, status, due_at)
            select {whose}, 'Task ' || i, (array['open', 'done', 'in_progress', 'canceled'])[1 + i % 4], case when i % 5 > 0 then now() + (i % 500 - 250) * interval '1 hour' end
            from generate_series(1, {count}) i
            """);
        await families.Database.ExecuteAsync(
            $"insert into voice_transcriptions (family_id, message_sid, ordinal, transcript, seconds, deployment) select {whose}, gen_random_uuid(), 0, 'said', 1, 'x' from generate_series(1, {count}) i");
        await families.Database.ExecuteAsync("analyze");
    }

    /// <summary>How many pages of 8 KB each query reads. Pages, not time: they are the same on every machine.</summary>
    private static async Task<List<int>> ReadBuffersAsync(TwoFamilies families)
    {
        List<int> pages = [];
        foreach (var query in Queries)
        {
            await using var batch = families.App.AsMember(families.A.Member)
                .Add($"explain (analyze, buffers, timing off, format json) {query.Replace("FAMILY", $"'{families.A.Id}'", StringComparison.Ordinal)}");
            var plan = JsonDocument.Parse((await batch.SingleAsync(row => row.GetString(0), TestContext.Current.CancellationToken))!).RootElement[0].GetProperty("Plan");
            pages.Add(plan.GetProperty("Shared Hit Blocks").GetInt32() + plan.GetProperty("Shared Read Blocks").GetInt32());
        }

        return pages;
    }
}

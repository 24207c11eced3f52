using System.Diagnostics;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.FamilyApi;

public sealed class When_a_family_has_many_tasks(FastApp app) : AppTest<FastApp>(app)
{
    [Fact]
    public async Task A_page_of_them_is_there_at_once_however_many_others_have()
    {
        var (family, others) = (await App.AddFamilyAsync("owner"), await App.AddFamilyAsync("owner"));
        await FillAsync(family.Id, 10_000);
        var client = await App.SignInAsync(family.Of("owner"));

        var alone = await MeasureAsync(client);
        await FillAsync(others.Id, 60_000);
        var among = await MeasureAsync(client);

        Assert.True(alone < 300 && among < 300, $"alone {alone} ms, among others {among} ms");
        TestContext.Current.TestOutputHelper?.WriteLine($"alone {alone} ms, among others {among} ms");
    }

    /// <summary>The best of several: what the query takes, not what else the machine was at.</summary>
    private static async Task<long> MeasureAsync(MemberClient client)
    {
        var best = long.MaxValue;
        for (var i = 0; i < 8; i++)
        {
            var started = Stopwatch.GetTimestamp();
            var answer = await client.GetAsync("/api/tasks?status=open,in_progress&limit=200");
            best = Math.Min(best, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            Assert.Equal(200, answer.Json.GetProperty("tasks").GetArrayLength());
        }

        return best;
    }

    private async Task FillAsync(Guid familyId, int count)
    {
        await App.Database.ExecuteAsync(
            """
            insert into tasks (family_id, title, status, due_at)
            select $1, 'task ' || i, (array['open', 'in_progress', 'done', 'open'])[i % 4 + 1], case when i % 3 > 0 then now() + i * interval '1 minute' end from generate_series(1, $2) i
            """,
            familyId, count);
        await App.Database.ExecuteAsync("analyze tasks");
    }
}

using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Limits;

/// <summary>An app in short paces whose limits can be reached.</summary>
public abstract class LimitedApp(TestEnvironment environment) : FastApp(environment)
{
    /// <summary>A family of one.</summary>
    /// <returns>Its phone.</returns>
    public async Task<string> AddFamilyAsync(string timeZone = "UTC")
    {
        var phone = $"+4479{Random.Shared.Next(10_000_000, 99_999_999)}";
        await Database.ExecuteAsync(
            """
            with f as (insert into families (name, timezone, locale) values ($1, $2, 'en') returning id)
            insert into family_members (family_id, display_name, role, phone_e164) select id, 'Robin', 'owner', $1 from f
            """,
            phone, timeZone);
        return phone;
    }

    /// <summary>What the independent fake would bill.</summary>
    public decimal Billed(decimal inputPerMillion, decimal outputPerMillion) =>
        ((OpenAI.Billed.PromptTokens * inputPerMillion) + (OpenAI.Billed.CompletionTokens * outputPerMillion)) / 1_000_000m;

    public Task<long> JobsAsync(string condition) => Database.ScalarAsync<long>($"select count(*) from processing_jobs j where {condition}");

    /// <summary>Each family's messages were done, and became tasks and replies, in the order in which they came.</summary>
    /// <param name="messageSids">One task and one reply each.</param>
    public async Task AssertInOrderAsync(IReadOnlyCollection<string> messageSids)
    {
        var came = (await Database.RowsAsync(
            """
            select j.message_sid, j.family_id, j.completed_at, t.created_at, o.provider_sid from processing_jobs j
            join tasks t on t.source_message_sid = j.message_sid join outbound_messages o on o.message_sid = j.message_sid
            where j.message_sid = any ($1) order by j.received_at, j.message_sid
            """,
            (object)messageSids.ToArray())).ToList();
        Assert.Equal(messageSids.Count, came.Count);
        var sent = Twilio.Sent.Select(message => message.Sid).ToList();
        foreach (var family in came.GroupBy(row => row["family_id"]))
        {
            var sids = family.Select(row => row["message_sid"]).ToList();
            Assert.Equal(sids, family.OrderBy(row => row["completed_at"]).Select(row => row["message_sid"]));
            Assert.Equal(sids, family.OrderBy(row => row["created_at"]).Select(row => row["message_sid"]));
            Assert.Equal(sids, family.OrderBy(row => sent.IndexOf((string)row["provider_sid"]!)).Select(row => row["message_sid"]));
        }
    }

    /// <summary>The host says when a sweep has ended.</summary>
    public Task SweepAsync() => RunTimerAsync("Sweeper");

    protected override void Configure(IDictionary<string, string?> settings)
    {
        base.Configure(settings);
        settings["AzureFunctionsJobHost__logging__logLevel__Function.Sweeper"] = "Information";
        settings["Limits__BreakerOpen"] = "00:00:02";
        settings["Limits__BreakerOpenMost"] = "00:00:03";
    }

    /// <summary>Whoever sends from here has a phone of the demo family's owner.</summary>
    public static string Owner => DemoFamily.Owner.Phone;
}

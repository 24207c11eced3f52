using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Webhooks;

public sealed class When_a_message_is_delivered_twice(FastApp app) : AppTest<FastApp>(app)
{
    [Fact]
    public async Task Fifty_deliveries_at_once_of_each_of_forty_are_forty_messages()
    {
        var forms = Enumerable.Range(0, 40).Select(number => App.Form($"buy gadget number {number}")).ToList();
        var sids = forms.Select(form => form["MessageSid"]).ToArray();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).SelectMany(_ => forms).Select(form => App.PostAsync(form)));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        foreach (var sid in sids)
            Assert.Equal("done", (await App.WaitForJobAsync(sid)).Status);
        foreach (var table in (string[])["webhook_events", "inbound_messages", "processing_jobs", "outbound_messages", "ai_usage"])
            Assert.Equal(40, await App.Database.ScalarAsync<long>($"select count(*) from {table} where message_sid = any($1)", [sids]));
        Assert.Equal(40, await App.Database.ScalarAsync<long>("select count(*) from tasks where source_message_sid = any($1)", [sids]));
        Assert.Equal(40, App.Twilio.Sent.Count(reply => reply.Body.Contains("gadget", StringComparison.OrdinalIgnoreCase)));
    }
}

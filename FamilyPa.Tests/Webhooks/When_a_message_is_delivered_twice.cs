using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Webhooks;

[Collection<SharedApp<FamilyPaApp>>]
public sealed class When_a_message_is_delivered_twice(FamilyPaApp app) : AppTest<FamilyPaApp>(app)
{
    [Fact]
    public async Task Fifty_deliveries_at_once_of_each_of_forty_are_forty_messages()
    {
        var forms = Enumerable.Range(0, 40).Select(number => App.Form($"buy thing number {number}")).ToList();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).SelectMany(_ => forms).Select(form => App.PostAsync(form)));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        foreach (var form in forms)
            Assert.Equal("done", (await App.WaitForJobAsync(form["MessageSid"])).Status);
        foreach (var table in (string[])["webhook_events", "inbound_messages", "processing_jobs", "outbound_messages", "ai_usage"])
            Assert.Equal(40, await App.Database.ScalarAsync<long>($"select count(*) from {table}"));
        Assert.Equal(40, await App.Database.ScalarAsync<long>("select count(distinct source_message_sid) from tasks"));
        Assert.Equal(40, App.Twilio.Sent.Count);
    }
}

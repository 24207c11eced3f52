using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Webhooks;

public sealed class When_the_sender_is_in_no_family(FastApp app) : AppTest<FastApp>(app)
{
    [Theory]
    [InlineData("whatsapp:+15005550001")]
    [InlineData("+15005550002")]
    [InlineData("whatsapp:US.ABC123XYZ")]
    public async Task The_message_is_kept_apart_and_the_sender_told_once_a_day(string from)
    {
        var first = App.Form("buy milk", null, ("From", from));
        var second = App.Form("buy bread", null, ("From", from));

        Assert.Contains("<Message>Hello!", (await App.PostAsync(first)).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("<Message>", (await App.PostAsync(second)).Body, StringComparison.Ordinal);

        Assert.Null(await App.JobAsync(first["MessageSid"]));
        Assert.Equal(2, await App.Database.ScalarAsync<long>(
            "select count(*) from unmatched_messages where message_sid in ($1, $2)", first["MessageSid"], second["MessageSid"]));
        Assert.Equal(0, await App.Database.ScalarAsync<long>(
            "select count(*) from webhook_events where message_sid in ($1, $2)", first["MessageSid"], second["MessageSid"]));
    }

    [Fact]
    public async Task Of_messages_that_come_at_once_one_is_answered()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => App.PostAsync(App.Form($"hello {n}", "+15005550177"))));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Single(answers, answer => answer.Body.Contains("<Message>", StringComparison.Ordinal));
    }
}

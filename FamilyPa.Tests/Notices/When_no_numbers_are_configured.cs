using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Notices;

public sealed class When_no_numbers_are_configured(When_no_numbers_are_configured.NamelessApp app) : AppTest<When_no_numbers_are_configured.NamelessApp>(app)
{
    private const string Other = "+15005550099";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        App.Twilio.Reset();
        await App.Database.ExecuteAsync("delete from inbound_messages");
        await App.Database.ExecuteAsync("delete from unmatched_messages");
    }

    [Fact]
    public async Task Who_never_wrote_is_reached_from_the_number_that_the_family_last_wrote_to()
    {
        var family = await App.AddFamilyAsync("owner", "member");
        await WriteAsync("hello", family.Of("owner").Phone, DemoFamily.TwilioNumber);
        await WriteAsync("hello", DemoFamily.Owner.Phone, Other);

        var invited = await AddAsync(family);
        await AskForCodeAsync(family.Of("member").Phone);

        Assert.Equal(DemoFamily.TwilioNumber, await SenderAsync(invited));
        Assert.Equal(DemoFamily.TwilioNumber, await SenderAsync(family.Of("member").Phone));
    }

    [Fact]
    public async Task A_family_that_never_wrote_is_reached_from_the_number_that_anybody_last_wrote_to()
    {
        var family = await App.AddFamilyAsync("owner");
        // As the canary does where no number is configured: that is no number of ours.
        await WriteAsync("hello", DemoFamily.Owner.Phone, DemoFamily.Owner.Phone);
        await WriteAsync("hello", FamilyPaApp.NewPhone(), DemoFamily.TwilioNumber);
        await AskForCodeAsync(family.Of("owner").Phone);
        Assert.Equal(DemoFamily.TwilioNumber, await SenderAsync(family.Of("owner").Phone));

        await WriteAsync("hello", FamilyPaApp.NewPhone(), Other);
        await WriteAsync("hello", DemoFamily.Second.Phone, DemoFamily.TwilioNumber);
        Assert.Equal(DemoFamily.TwilioNumber, await SenderAsync(await AddAsync(family)));
    }

    [Fact]
    public async Task Before_anybody_has_written_it_is_said_that_nothing_can_be_sent()
    {
        var family = await App.AddFamilyAsync("owner");

        var invited = await AddAsync(family);
        await AskForCodeAsync(family.Of("owner").Phone);

        foreach (var notice in (string[])["invitation", "code"])
            await App.WaitForAsync(() => Task.FromResult(App.Log), log => log.Contains($"Notification {notice} ", StringComparison.Ordinal), "the warning");
        // The other tests' messages may still be answered.
        Assert.DoesNotContain(App.Twilio.Sent, message => message.To.EndsWith(invited, StringComparison.Ordinal) || message.To.EndsWith(family.Of("owner").Phone, StringComparison.Ordinal));
        Assert.DoesNotContain(invited[1..], App.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(family.Of("owner").Phone[1..], App.Log, StringComparison.Ordinal);
    }

    private Task<Answer> WriteAsync(string body, string from, string to) => App.PostAsync(App.Form(body, from, ("To", $"whatsapp:{to}")));

    private async Task<string> AddAsync(TestFamily family)
    {
        var phone = FamilyPaApp.NewPhone();
        var owner = await App.SignInAsync(family.Of("owner"));
        Assert.Equal(201, (await owner.PostAsync("/api/members", new { name = "Gran", phone })).Status);
        return phone;
    }

    private Task<Answer> AskForCodeAsync(string phone) => new MemberClient(App, null).PostAsync("/api/session/code", new { phone });

    private async Task<string> SenderAsync(string phone) => (await App.WaitForAsync(
        () => Task.FromResult(App.Twilio.Sent.Where(message => message.To == phone).ToList()), sent => sent.Count == 1, $"something for …{phone[^2..]}"))[0].From;

    public sealed class NamelessApp(TestEnvironment environment) : FamilyPaApp(environment)
    {
        protected override void Configure(IDictionary<string, string?> settings)
        {
            ShortDelays.Fast(settings);
            settings["TWILIO_NUMBERS"] = "";
        }
    }
}

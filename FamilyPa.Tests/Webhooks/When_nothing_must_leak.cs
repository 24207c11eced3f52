using FamilyPa.Local.App;
using FamilyPa.Simulators.Faults;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Webhooks;

public sealed class When_nothing_must_leak(When_nothing_must_leak.Impatient app) : AppTest<When_nothing_must_leak.Impatient>(app)
{
    private const string Planted = "PLANTED-private-words";

    [Fact]
    public async Task No_log_line_and_no_stored_error_holds_a_secret_a_phone_number_or_what_was_written()
    {
        using var broken = App.OpenAI.Faults.Add(Fault.Status("chat", 500).OnlyFor(Planted));
        await App.PostAsync(App.Form(Planted), new Tamper { Signature = "wrong" });
        await App.PostAsync(App.Form(Planted), new Tamper { Secret = "wrong-secret-guess" });
        var failed = await App.TextAsync(Planted);
        await App.WaitForJobAsync(failed, "failed");
        await App.WaitForJobAsync(await App.TextAsync("buy milk"), "done");
        await App.Operator.GetAsync($"/api/admin/events/{failed}", Cancellation);

        string[] secrets =
        [
            Planted, "wrong-secret-guess", DemoFamily.Owner.Phone.TrimStart('+'), FamilyPaApp.AuthToken, FamilyPaApp.FunctionKey,
            .. App.Secrets,
        ];
        var kept = string.Join('\n', (await App.Database.RowsAsync(
            "select coalesce(error_message, '') || coalesce(error_stack, '') as error from job_attempts")).Select(row => row["error"]));
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, App.Log, StringComparison.OrdinalIgnoreCase));
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, kept, StringComparison.OrdinalIgnoreCase));
        Assert.Contains(failed, App.Log, StringComparison.Ordinal);
    }

    public sealed class Impatient(TestEnvironment environment) : FamilyPaApp(environment)
    {
        public IReadOnlyList<string> Secrets { get; private set; } = [];

        protected override void Configure(IDictionary<string, string?> settings)
        {
            Secrets = [settings[AppSettings.WebhookSharedSecret]!, settings[AppSettings.OpenAIKey]!];
            ShortDelays.Fast(settings);
        }
    }
}

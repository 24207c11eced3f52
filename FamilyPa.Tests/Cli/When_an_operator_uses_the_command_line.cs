using System.Globalization;
using System.Text;
using System.Text.Json;
using FamilyPa.Local.App;
using FamilyPa.Local.Processes;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;
using Npgsql;

namespace FamilyPa.Tests.Cli;

public sealed class When_an_operator_uses_the_command_line(When_an_operator_uses_the_command_line.SecretiveApp app, TestEnvironment environment)
    : AppTest<When_an_operator_uses_the_command_line.SecretiveApp>(app)
{
    [Fact]
    public async Task What_it_simulates_is_accepted_once_and_its_timeline_told()
    {
        var sid = FamilyPaApp.NewSid();

        var sent = await SimulateAsync("--sid", sid, "--body", "buy milk & bread 🥛", "--twice", "--json");

        Assert.Equal((0, 2), (sent.ExitCode, sent.Json.GetProperty("deliveries").GetArrayLength()));
        Assert.Equal(sid, sent.Json.Text("message_sid"));
        Assert.DoesNotContain(App.Secret, sent.Output + sent.Error, StringComparison.Ordinal);
        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(1, await App.CountAsync("outbound_messages", sid));

        var told = await App.FamilypaAsync("inspect", sid);
        Assert.Equal(0, told.ExitCode);
        foreach (var word in (string[])["received -> extracting", "finalizing -> done", "extract, attempt 1: succeeded", "whatsapp:…23", "reply sent"])
            Assert.Contains(word, told.Output, StringComparison.Ordinal);
        Assert.Matches($"Properties.message_sid == \"{sid}\" and Properties.phase == \"finalize\" and [^\n]+\n$", told.Output);
        Assert.DoesNotContain("bread", told.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("buy milk & bread 🥛", (await App.FamilypaAsync("inspect", sid, "--reveal")).Output, StringComparison.Ordinal);
        Assert.Equal(sid, (await App.FamilypaAsync("inspect", sid, "--json")).Json.Text("message_sid"));
    }

    [Fact]
    public async Task A_hundred_failed_ones_are_replayed_in_batches_and_nothing_is_done_twice()
    {
        var sids = new List<string>();
        for (var number = 0; number < 101; number++)
            sids.Add(await App.StoredAsync(new() { Body = $"buy thing {number}", ErrorCode = "bulk", ReceivedAt = DateTimeOffset.UtcNow.AddMinutes(-number) }));

        string[] replay = ["replay", "--status", "failed", "--error-code", "bulk", "--since", "1d"];
        var unasked = await App.FamilypaAsync(replay);
        Assert.Equal(2, unasked.ExitCode);
        Assert.Contains("101 messages", unasked.Error, StringComparison.Ordinal);
        Assert.Equal(101, (await App.FamilypaAsync([.. replay, "--dry-run", "--json"])).Json.GetProperty("totals").GetProperty("would_replay").GetInt32());
        Assert.Equal(0, await GenerationsAsync());

        var done = await App.FamilypaAsync([.. replay, "--yes", "--json"]);

        Assert.Equal((0, 101), (done.ExitCode, done.Json.GetProperty("totals").GetProperty("replayed").GetInt32()));
        foreach (var sid in sids)
        {
            await App.WaitForJobAsync(sid, "done");
            Assert.Equal((1, 1), (await App.CountAsync("tasks", sid), await App.CountAsync("outbound_messages", sid)));
        }

        Assert.Equal(101, await GenerationsAsync());
        var again = await App.FamilypaAsync([.. replay, "--yes"]);
        Assert.Equal((0, "No message matches."), (again.ExitCode, again.Error.Trim()));
        var named = await App.FamilypaAsync("replay", sids[0], FamilyPaApp.NewSid(), "--yes", "--json");
        Assert.Equal(1, named.ExitCode);
        Assert.Equal(["already_done", "unknown"], named.Json.GetProperty("jobs").EnumerateArray().Select(job => job.Text("outcome")));

        Task<long> GenerationsAsync() => App.Database.ScalarAsync<long>("select sum(generation) from processing_jobs where message_sid = any ($1)", (object)sids.ToArray());
    }

    [Fact]
    public async Task A_failed_one_goes_on_from_its_queue()
    {
        var sid = await App.StoredAsync(new());

        var queued = await App.FamilypaAsync(new Dictionary<string, string?> { ["AzureWebJobsStorage"] = App.Storage.ConnectionString }, "requeue", "extract", sid);

        Assert.Equal(0, queued.ExitCode);
        await App.WaitForJobAsync(sid, "done");
    }

    [Fact]
    public async Task Messages_and_dead_letters_are_listed()
    {
        var sid = await App.StoredAsync(new() { ErrorCode = "listed" });
        await App.Database.ExecuteAsync("insert into poison_messages (queue, queue_message_id, body, message_sid, cause) values ('extract', 'm1', $1, $1, 'listed')", sid);

        var events = await App.FamilypaAsync("events", "--status", "failed", "--error-code", "listed", "--phone", DemoFamily.Owner.Phone, "--limit", "5", "--json");
        Assert.Equal([sid], events.Json.GetProperty("events").EnumerateArray().Select(row => row.Text("message_sid")));
        var table = await App.FamilypaAsync("events", "--error-code", "listed");
        Assert.Contains(sid, table.Output, StringComparison.Ordinal);
        var letters = await App.FamilypaAsync("dead-letters", "--cause", "listed", "--since", "1h", "--json");
        Assert.Equal([sid], letters.Json.GetProperty("dead_letters").EnumerateArray().Select(row => row.Text("message_sid")));
    }

    [Fact]
    public async Task A_family_is_added_and_the_database_migrated()
    {
        var created = await App.FamilypaAsync("families", "create", "--name", "The Does", "--timezone", "Europe/London", "--member", "Jo:owner:+447700900555", "--json");
        Assert.Equal((0, "The Does"), (created.ExitCode, created.Json.Text("name")));

        var migrated = await App.FamilypaAsync(new Dictionary<string, string?> { ["POSTGRES_CONNECTION_STRING"] = App.Database.Uri }, "migrate", "--json");
        Assert.Equal((0, 0), (migrated.ExitCode, migrated.Json.GetProperty("applied").GetArrayLength()));
    }

    /// <summary>A new rule of a firewall takes up to five minutes.</summary>
    [Theory]
    [InlineData("28000", "no pg_hba.conf entry for host", 0)]
    [InlineData("28P01", "password authentication failed", 4)]
    public async Task A_database_is_awaited_only_while_its_firewall_refuses(string sqlState, string message, int expected)
    {
        await using var proxy = new TcpProxy(new Uri(App.Database.Uri).Port);
        // ErrorResponse of PostgreSQL's protocol: severity, code and message.
        var fields = Encoding.ASCII.GetBytes($"SFATAL\0VFATAL\0C{sqlState}\0M{message}\0\0");
        proxy.AnswerAll([(byte)'E', 0, 0, 0, (byte)(fields.Length + 4), .. fields]);
        var address = new NpgsqlConnectionStringBuilder(App.Database.AdminConnectionString) { Port = proxy.Port }.ConnectionString;

        var connecting = App.FamilypaAsync(new Dictionary<string, string?> { ["POSTGRES_CONNECTION_STRING"] = address }, "connect", "--wait", "20");
        while (proxy.Answered == 0 && !connecting.IsCompleted)
            await Task.Delay(50, Cancellation);
        if (expected == 0)
            proxy.PassOn();

        var connected = await connecting;
        Assert.Equal(expected, connected.ExitCode);
        Assert.Contains(message, connected.Error, StringComparison.Ordinal);
        Assert.Equal(expected == 0, connected.Error.Contains("The database does not let this machine in yet (", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_familys_data_is_exported_and_imported_and_both_are_audited()
    {
        var family = await App.AddFamilyAsync("owner");
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.csv");
        await File.WriteAllTextAsync(file, "title;due_at\r\nBuy milk;2026-12-01\r\n", Cancellation);

        var dry = await App.FamilypaAsync("families", "import", $"{family.Id}", file, "--dry-run", "--json");
        Assert.Equal((0, "1"), (dry.ExitCode, dry.Json.Text("tasks_added")));
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from tasks where family_id = $1", family.Id));
        Assert.Equal(0, (await App.FamilypaAsync("families", "import", $"{family.Id}", file)).ExitCode);

        Assert.Equal(0, (await App.FamilypaAsync("families", "export", $"{family.Id}", "--format", "csv", "--out", file)).ExitCode);
        var csv = await File.ReadAllBytesAsync(file, Cancellation);
        Assert.Equal([0xEF, 0xBB, 0xBF], csv[..3]);
        Assert.Contains("Buy milk", Encoding.UTF8.GetString(csv), StringComparison.Ordinal);
        Assert.Equal("Buy milk", (await App.FamilypaAsync("families", "export", $"{family.Id}")).Json.GetProperty("tasks")[0].Text("title"));

        Assert.Equal(["import_tasks", "import_tasks", "export_family", "export_family"], (await App.Database.RowsAsync($"select action from audit_log where family_id = '{family.Id}' order by created_at")).Select(row => (string)row["action"]!));
        await File.WriteAllTextAsync(file, "title,status\n,open\nBuy bread,never\n", Cancellation);
        var wrong = await App.FamilypaAsync("families", "import", $"{family.Id}", file);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("line 2: title: missing; line 3: status: one of", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(3, (await App.FamilypaAsync("families", "export", $"{Guid.NewGuid()}")).ExitCode);

        Assert.Equal(0, (await App.FamilypaAsync("families", "member", $"{family.Id}", $"{family.Of("owner").UserId}", "--timezone", "Asia/Tokyo")).ExitCode);
        Assert.Equal("Asia/Tokyo", (await App.FamilypaAsync("families", "show", $"{family.Id}", "--json")).Json.GetProperty("members")[0].Text("timezone"));
        File.Delete(file);
    }

    [Fact]
    public async Task All_families_are_listed_and_one_of_them_is_shown_and_deleted()
    {
        await App.Database.ExecuteAsync("insert into families (name, timezone) select 'Family ' || n, 'UTC' from generate_series(1, 250) n");
        var id = await App.Database.ScalarAsync<Guid>("select id from families where name = 'Family 250'");

        var listed = (await App.FamilypaAsync("families", "list", "--json")).Json.GetProperty("families").EnumerateArray().Select(family => family.Text("name")).ToList();
        Assert.Equal(await App.Database.ScalarAsync<long>("select count(*) from families"), listed.Count);
        Assert.Contains("Family 250", listed);
        Assert.Contains("Family 250", (await App.FamilypaAsync("families", "show", $"{id}")).Output, StringComparison.Ordinal);

        Assert.Equal(2, (await App.FamilypaAsync("families", "delete", $"{id}")).ExitCode);
        Assert.Equal(0, (await App.FamilypaAsync("families", "delete", $"{id}", "--yes")).ExitCode);
        Assert.Equal(3, (await App.FamilypaAsync("families", "show", $"{id}")).ExitCode);
        Assert.DoesNotContain("Family 250", (await App.FamilypaAsync("families", "list")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "--help")]
    [InlineData(2, "inspect")]
    [InlineData(2, "replay")]
    [InlineData(2, "events", "--since", "soon")]
    [InlineData(3, "inspect", "SM00000000000000000000000000000404")]
    [InlineData(3, "replay", "SM00000000000000000000000000000404")]
    [InlineData(5, "events", "--url", "http://127.0.0.1:{free}")]
    [InlineData(2, "events", "--url", "http://example.com")]
    public async Task The_exit_code_says_what_went_wrong(int expected, params string[] arguments)
    {
        var free = LoopbackPort.Free().ToString(CultureInfo.InvariantCulture);

        var result = await App.FamilypaAsync([.. arguments.Select(argument => argument.Replace("{free}", free, StringComparison.Ordinal)), "--json"]);

        Assert.Equal(expected, result.ExitCode);
        if (expected != 0)
        {
            Assert.Empty(result.Output);
            Assert.All(result.Error.Trim().Split('\n'), line => Assert.StartsWith("familypa: ", line, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_wrong_key_or_signature_is_told_apart()
    {
        Assert.Equal(4, (await App.FamilypaAsync(new Dictionary<string, string?> { ["FAMILYPA_KEY"] = "wrong" }, "events")).ExitCode);
        Assert.Equal(4, (await SimulateSignedAsync("wrong", ["--body", "x"])).ExitCode);
    }

    /// <summary>Process lists and shell histories show arguments.</summary>
    [Theory]
    [InlineData("FAMILYPA_KEY", "events", "--key")]
    [InlineData("TWILIO_AUTH_TOKEN", "simulate", "--auth-token")]
    [InlineData("WEBHOOK_SHARED_SECRET", "simulate", "--secret")]
    [InlineData("POSTGRES_CONNECTION_STRING", "migrate", "--connection")]
    [InlineData("FAMILYPA_APP_PASSWORD", "migrate", "--app-password")]
    [InlineData("AzureWebJobsStorage", "requeue", "extract", "SM00000000000000000000000000000404", "--storage")]
    public async Task A_secret_in_an_argument_is_rejected_with_its_alternative_and_not_repeated(string alternative, params string[] arguments)
    {
        const string secret = "AccountName=a;AccountKey=c2VjcmV0";

        var result = await App.FamilypaAsync([.. arguments, secret]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"Set {alternative}", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", result.Output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_is_migrated_with_secrets_from_files()
    {
        var folder = Directory.CreateTempSubdirectory("familypa-secrets-");
        string[] files = [Path.Combine(folder.FullName, "connection"), Path.Combine(folder.FullName, "password")];
        await using var database = await environment.CreateEmptyDatabaseAsync();
        await File.WriteAllTextAsync(files[0], $"{database.Uri}\n", Cancellation);
        // The role belongs to the whole server, so the test keeps its password.
        await File.WriteAllTextAsync(files[1], new NpgsqlConnectionStringBuilder(database.AdminConnectionString).Password, Cancellation);

        var migrated = await App.FamilypaAsync("migrate", "--connection-file", files[0], "--app-password-file", files[1], "--json");
        folder.Delete(recursive: true);

        Assert.Equal(0, migrated.ExitCode);
        Assert.NotEqual(0, migrated.Json.GetProperty("applied").GetArrayLength());
        await using var source = NpgsqlDataSource.Create(database.AppConnectionString);
        await using (await source.OpenConnectionAsync(Cancellation))
            Assert.Equal(2, (await App.FamilypaAsync("migrate")).ExitCode);
    }

    private Task<CliResult> SimulateAsync(params string[] arguments) => SimulateSignedAsync(FamilyPaApp.AuthToken, arguments);

    [Fact]
    public async Task The_app_its_log_and_the_command_line_tell_the_same_version()
    {
        var version = JsonSerializer.Deserialize<JsonElement>(await App.Http.GetStringAsync("/api/health/live", Cancellation)).Text("version");

        Assert.Matches(@"^\d+\.\d+\.\d+(\+[0-9a-f]{40})?$", version);
        Assert.Equal(version, (await App.FamilypaAsync("--version")).Output.Trim());
        Assert.SkipWhen(PlatformHost.IsUsed, "The platform's host drops the app's log lines outside of a call.");
        Assert.Contains($"App {version} started", App.Log, StringComparison.Ordinal);
    }

    private Task<CliResult> SimulateSignedAsync(string authToken, string[] arguments) => App.FamilypaAsync(
        new Dictionary<string, string?>
        {
            ["TWILIO_AUTH_TOKEN"] = authToken,
            ["TWILIO_ACCOUNT_SID"] = App.AccountSid,
            ["WEBHOOK_SHARED_SECRET"] = App.Secret,
        },
        ["simulate", "--from", $"whatsapp:{DemoFamily.Owner.Phone}", "--to", DemoFamily.TwilioNumber, .. arguments]);

    public sealed class SecretiveApp(TestEnvironment environment) : FastApp(environment)
    {
        public string Secret { get; private set; } = "";

        public string AccountSid { get; private set; } = "";

        protected override void Configure(IDictionary<string, string?> settings)
        {
            base.Configure(settings);
            Secret = settings[AppSettings.WebhookSharedSecret]!;
            AccountSid = settings[AppSettings.TwilioAccountSid]!;
        }
    }
}

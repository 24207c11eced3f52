using System.Text;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Webhooks;

public sealed class When_a_request_is_not_Twilios(FastApp app) : AppTest<FastApp>(app)
{
    private const string Planted = "PLANTED-milk-and-secrets";

    private static int callers;

    public static TheoryData<string, int, Tamper, string, string?> Cases => new()
    {
        { "method_not_allowed", 405, new Tamper { Method = "GET" }, "", null },
        { "method_not_allowed", 405, new Tamper { Method = "PUT" }, "", null },
        { "method_not_allowed", 405, new Tamper { Method = "DELETE" }, "", null },
        { "unsupported_media_type", 415, new Tamper { ContentType = "application/json", RawBody = "{}" }, "", null },
        { "unsupported_media_type", 415, new Tamper { ContentType = "multipart/form-data; boundary=x" }, "", null },
        { "unsupported_media_type", 415, new Tamper { ContentType = "application/x-www-form-urlencoded, application/json" }, "", null },
        { "unsupported_media_type", 415, new Tamper { ContentType = "rubbish" }, "", null },
        { "payload_too_large", 413, new Tamper { RawBody = new string('a', (64 * 1024) + 1) }, "", null },
        { "payload_too_large", 413, new Tamper { RawBody = new string('a', 10_000_000) }, "", null },
        { "bad_secret", 401, new Tamper { Secret = Planted }, "", null },
        { "bad_secret", 401, new Tamper { Secret = "" }, "", null },
        { "missing_signature", 401, new Tamper { Signature = "" }, "", null },
        { "bad_signature", 401, new Tamper { Signature = Planted }, "", null },
        { "bad_signature", 401, new Tamper { AuthToken = "another" }, "", null },
        { "bad_signature", 401, new Tamper { SignedUrl = "https://another.example/api/webhooks/twilio" }, "", null },
        { "bad_signature", 401, new Tamper { SignedForm = new Dictionary<string, string> { ["Body"] = "x" } }, "", null },
        { "missing_field", 400, new Tamper(), "MessageSid", null },
        { "missing_field", 400, new Tamper(), "From", "" },
        { "missing_field", 400, new Tamper(), "To", null },
        { "bad_message_sid", 400, new Tamper(), "MessageSid", "'; drop table tasks; --" },
        { "bad_message_sid", 400, new Tamper(), "MessageSid", "SM" + new string('a', 100) },
        { "bad_message_sid", 400, new Tamper(), "MessageSid", "SM0123456789abcdef0123456789abcde" },
        { "bad_message_sid", 400, new Tamper(), "MessageSid", "SM0123456789ABCDEF0123456789ABCDEF" },
        { "bad_message_sid", 400, new Tamper(), "SmsSid", "SM0123456789abcdef0123456789abcdef" },
        { "bad_message_sid", 400, new Tamper(), "SmsMessageSid", "" },
        { "bad_field", 400, new Tamper(), "Forty two", "x" },
        { "bad_field", 400, new Tamper(), "ApiVersion", "2010-04-01BodyX" },
        { "bad_field", 400, new Tamper(), "NumMedia", "none" },
        { "bad_address", 400, new Tamper(), "From", "whatsapp:" },
        { "bad_address", 400, new Tamper(), "From", "rubbish\0" },
        { "bad_address", 400, new Tamper(), "WaId", "15005550006" },
        { "bad_media", 400, new Tamper(), "MediaContentType0", "image/jpeg" },
        { "bad_media", 400, new Tamper(), "MediaUrl0", "https://api.twilio.com/2010-04-01/Accounts/AC0/Messages/MM0/Media/ME0" },
        { "ambiguous_form", 400, new Tamper(), "FromX", "Fromwhatsapp:+15005550006" },
        { "not_our_account", 401, new Tamper(), "AccountSid", "AC00000000000000000000000000000bad" },
        { "not_our_account", 401, new Tamper(), "AccountSid", null },
        { "not_our_number", 401, new Tamper(), "To", "whatsapp:+15005550006" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task It_is_refused_by_its_guard_and_leaves_nothing_but_a_count(string reason, int status, Tamper tamper, string field, string? value)
    {
        var form = App.Form(Planted);
        if (field.Length > 0 && value is null)
            form.Remove(field);
        else if (field.Length > 0)
            form[field] = value!;
        var address = $"203.0.113.{Interlocked.Increment(ref callers)}";

        var answer = await App.PostAsync(form, tamper with { Headers = new Dictionary<string, string> { ["Client-IP"] = address } });

        Assert.Equal(status, answer.Status);
        Assert.Equal("application/problem+json", answer.ContentType);
        Assert.Equal(status == 401 ? "unauthorized" : reason, answer.Json.GetProperty("code").GetString());
        Assert.Equal(answer.Headers["X-Request-Id"], answer.Json.GetProperty("request_id").GetString());
        Assert.DoesNotContain(Planted, answer.Body, StringComparison.Ordinal);
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from webhook_events where raw_payload ->> 'Body' = $1", Planted));
        var counted = Assert.Single(await App.Database.RowsAsync("select reason, failures from verification_failures where address = $1", address));
        Assert.Equal((reason, 1), (counted["reason"], counted["failures"]));
    }

    [Theory]
    [InlineData("MessageSid")]
    [InlineData("Body")]
    public async Task A_field_that_comes_twice_is_refused(string field)
    {
        var form = App.Form("buy milk");
        using var content = new FormUrlEncodedContent(form);
        var body = await content.ReadAsStringAsync(Cancellation) + $"&{field}=SM1";

        Assert.Equal(400, (await App.PostAsync(form, new Tamper { RawBody = body })).Status);
        Assert.Null(await App.JobAsync(form["MessageSid"]));
    }

    [Theory]
    [InlineData("X-Twilio-Signature")]
    [InlineData("Content-Type")]
    public async Task A_header_that_comes_twice_is_refused(string header)
    {
        var form = App.Form("buy milk");
        var answer = await RawRequest.SendAsync(App, form, $"{header}: rubbish");

        Assert.StartsWith(header == "Content-Type" ? "HTTP/1.1 415" : "HTTP/1.1 401", answer, StringComparison.Ordinal);
        Assert.Null(await App.JobAsync(form["MessageSid"]));
    }

    [Fact]
    public async Task No_one_changed_character_of_a_signed_form_gets_by()
    {
        var form = App.Form("buy milk");
        using var content = new FormUrlEncodedContent(form);
        var body = Encoding.ASCII.GetBytes(await content.ReadAsStringAsync(Cancellation));
        foreach (var at in Enumerable.Range(0, 24).Select(step => step * body.Length / 24))
        {
            var changed = (byte[])body.Clone();
            changed[at] = changed[at] == (byte)'z' ? (byte)'y' : (byte)'z';
            // From an address of its own each: none is to be turned away for what the others did.
            var answer = await App.PostAsync(
                form, new Tamper { RawBody = Encoding.ASCII.GetString(changed), Headers = new Dictionary<string, string> { ["Client-IP"] = $"192.0.2.{at % 250}" } });
            Assert.True(answer.Status is 400 or 401, $"byte {at}: {answer.Status}");
        }

        Assert.Null(await App.JobAsync(form["MessageSid"]));
    }

    [Fact]
    public async Task An_address_that_goes_on_and_on_is_told_to_wait_and_no_longer_reaches_the_database()
    {
        const string Address = "198.51.100.7";
        var insistent = new Tamper { Signature = "wrong", Headers = new Dictionary<string, string> { ["Client-IP"] = Address } };
        var answers = new List<Answer>();
        for (var i = 0; i < 45; i++)
            answers.Add(await App.PostAsync(App.Form("buy milk"), insistent));

        Assert.InRange(answers.Count(answer => answer.Status == 401), 20, 40);
        Assert.All(answers.Where(answer => answer.Status != 401), answer =>
        {
            Assert.Equal((429, "too_many_refusals"), (answer.Status, answer.Json.GetProperty("code").GetString()));
            Assert.InRange(int.Parse(answer.Headers["Retry-After"], null), 1, 60);
        });
        // At most the limit in each of the two minutes that this may touch.
        Assert.InRange(await App.Database.ScalarAsync<long>("select sum(failures) from verification_failures where address = $1", Address), 20, 40);
    }
}

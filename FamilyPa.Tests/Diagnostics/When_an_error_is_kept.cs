using FamilyPa.Core.Diagnostics;

namespace FamilyPa.Tests.Diagnostics;

public class When_an_error_is_kept
{
    [Theory]
    [InlineData("no route to +447700900123 today", "447700900123")]
    [InlineData("To=whatsapp:+1 (415) 523-8886", "523-8886")]
    [InlineData("GET /hook?secret=hunter2hunter2 failed", "hunter2hunter2")]
    [InlineData("Password=correct-horse;Host=x", "correct-horse")]
    [InlineData("Authorization: Basic QUM6dG9r", "QUM6dG9r")]
    [InlineData("api-key: abcdef0123456789", "abcdef0123456789")]
    [InlineData("Authorization: Bearer abcdef.0123456789", "abcdef.0123456789")]
    [InlineData("{\"token\":\"abcdef0123456789\"}", "abcdef0123456789")]
    [InlineData("GET https://x/y?se=2026-01-01&sig=abc%2Fdef", "abc%2Fdef")]
    [InlineData("String 'buy milk for Ann' was not recognized as a valid DateTime.", "milk")]
    [InlineData("The given key \"it's Ann's key\" was not present", "Ann")]
    public void Secrets_and_phone_numbers_are_masked(string message, string planted) =>
        Assert.DoesNotContain(planted, Sanitizer.Message(new InvalidOperationException(message)), StringComparison.Ordinal);

    [Theory]
    [InlineData("SM12345678901234567890123456789012 and 0f000000-0000-4000-8000-000000000011, request 01234567890123456789012345678901")]
    [InlineData("on 2026-11-25 with gpt-4o-2024-08-06, span 0123456789012345, 0.00011685 USD, 427 tokens")]
    [InlineData("Rejected: keyword_stop, sig_error, Failed to connect to 127.0.0.1:5432")]
    public void What_only_looks_like_it_stays(string message) => Assert.Equal(message, Sanitizer.Text(message));

    [Fact]
    public void What_others_say_is_not_repeated_and_what_we_say_is()
    {
        Assert.Equal("PostgreSQL refused: P0001", Sanitizer.Message(new Npgsql.PostgresException("no 'milk'", "ERROR", "ERROR", "P0001")));
        Assert.Equal("The model's \"status\" is missing.", Sanitizer.Message(new FamilyPa.Core.OpenAI.ModelAnswerException("x", "The model's \"status\" is missing.")));
    }

    [Fact]
    public void A_url_is_kept_without_its_query_and_login() => Assert.Equal("https://host/path", Sanitizer.Url("https://user:secret@host/path?sig=x&To=%2B447700900123"));

    [Fact]
    public void A_calendars_address_is_kept_without_its_token()
    {
        Assert.Equal("https://host/api/calendar/…", Sanitizer.Url("https://host/api/calendar/abc_-1.ics?x"));
        Assert.Equal("GET /api/calendar/… failed", Sanitizer.Text("GET /api/calendar/abc_-1.ics failed"));
    }

    [Fact]
    public void Its_stack_says_where_and_not_what()
    {
        var stack = Sanitizer.Stack(Thrown(new InvalidOperationException("buy milk", new FormatException("for +447700900123"))));

        Assert.Contains(nameof(When_an_error_is_kept), stack, StringComparison.Ordinal);
        Assert.Contains("System.FormatException", stack, StringComparison.Ordinal);
        Assert.DoesNotContain("milk", stack, StringComparison.Ordinal);
        Assert.DoesNotContain("447700900123", stack, StringComparison.Ordinal);
    }

    private static InvalidOperationException Thrown(InvalidOperationException error)
    {
        try
        {
            throw error;
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }
}

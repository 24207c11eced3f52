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
    public void Secrets_and_phone_numbers_are_masked(string message, string planted) =>
        Assert.DoesNotContain(planted, Sanitizer.Message(new InvalidOperationException(message)), StringComparison.Ordinal);

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

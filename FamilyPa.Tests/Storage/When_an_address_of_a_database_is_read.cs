using FamilyPa.Core.Settings;

namespace FamilyPa.Tests.Storage;

public class When_an_address_of_a_database_is_read
{
    [Fact]
    public void A_libpq_URI_is_taken_apart()
    {
        var address = ConnectionStrings.Parse("postgresql://familypa_app:p%40ss%2Fword@db.example:6432/family%20pa?sslmode=verify-full");

        Assert.Equal(("db.example", 6432, "familypa_app", "p@ss/word", "family pa"), (address.Host, address.Port, address.Username, address.Password, address.Database));
        Assert.Equal(Npgsql.SslMode.VerifyFull, address.SslMode);
    }

    [Fact]
    public void Npgsqls_own_form_is_taken_as_it_is() => Assert.Equal("h", ConnectionStrings.Parse("Host=h;Username=u").Host);

    [Theory]
    [InlineData("hunter2")]
    [InlineData("postgresql://:hunter2")]
    [InlineData("Hunter2=x")]
    public void Rubbish_is_refused_without_being_repeated(string text) =>
        Assert.DoesNotContain("hunter2", Assert.Throws<FormatException>(() => ConnectionStrings.Parse(text)).Message, StringComparison.OrdinalIgnoreCase);
}

using System.Net.Http.Json;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Admin;

public sealed class When_an_operator_adds_a_family(FastApp app) : AppTest<FastApp>(app)
{
    [Fact]
    public async Task Its_members_can_write_at_once()
    {
        var created = await CreateAsync(new
        {
            name = "Die Müllers",
            timezone = "Europe/Berlin",
            locale = "de-DE",
            members = new[] { new { name = "Anna", role = "owner", phone = "+4915112345678" } },
        });
        Assert.Equal(201, created.Status);

        var sid = await App.TextAsync("HELP", "+4915112345678");
        await App.WaitForJobAsync(sid, "done");

        Assert.StartsWith("Schreib oder sprich mir", await App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1", sid), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_phone_is_one_persons_in_each_of_their_families()
    {
        object Family(params string[] names) => new { name = "Twice", timezone = "UTC", members = names.Select(name => new { name, role = "owner", phone = "+4915112345679" }) };

        var ids = new[] { await CreateAsync(Family("Ann")), await CreateAsync(Family("Anna")) }.Select(created => created.Json.GetProperty("members")[0].Text("user_id"));

        Assert.Single(ids.Distinct());
        Assert.Equal((409, "phone_taken"), Of(await CreateAsync(Family("Ann", "Bob"))));
        Assert.Equal(2, await App.Database.ScalarAsync<long>("select count(*) from families where name = 'Twice'"));
    }

    [Fact]
    public async Task Everything_wrong_with_it_is_said_at_once()
    {
        var answer = await CreateAsync(new { name = " ", timezone = "Mars/Olympus", locale = "!!", members = new[] { new { name = "", role = "king", phone = "0151" } } });

        Assert.Equal((400, "invalid_request"), Of(answer));
        Assert.Equal(
            ["name", "timezone", "locale", "members", "members[0].name", "members[0].role", "members[0].phone"],
            answer.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    private static (int, string?) Of(Answer answer) => (answer.Status, answer.Json.GetProperty("code").GetString());

    private async Task<Answer> CreateAsync(object family)
    {
        using var response = await App.Operator.PostAsJsonAsync("/api/admin/families", family, Cancellation);
        return await Answer.ReadAsync(response);
    }
}

using System.Net.Http.Json;
using FamilyPa.Core.Twilio;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Webhooks;

/// <summary>WhatsApp may write mobile numbers of Mexico, Argentina and Brazil in another form than people do.</summary>
public sealed class When_a_number_has_two_forms(FastApp app) : AppTest<FastApp>(app)
{
    [Theory]
    [InlineData("+525512345678", "+5215512345678")]
    [InlineData("+5215512345679", "+525512345679")]
    [InlineData("+541123456789", "+5491123456789")]
    [InlineData("+5491123456780", "+541123456780")]
    [InlineData("+553187654321", "+5531987654321")]
    [InlineData("+5511912345678", "+551112345678")]
    [InlineData("+5531987654320", "+553187654320")]
    public async Task Both_are_the_member_and_the_answer_goes_where_the_message_came_from(string stored, string written)
    {
        var family = await AddFamilyAsync(stored);

        var sid = await App.TextAsync("list", written);
        await App.WaitForJobAsync(sid, "done");

        Assert.Equal($"whatsapp:{written} sent", await App.Database.ScalarAsync<string>(
            "select to_address || ' ' || status from outbound_messages where message_sid = $1", sid));
        Assert.Equal((409, "phone_taken"), await AddAsync(family, written));

        await App.WaitForJobAsync(await App.TextAsync("STOP", written), "done");
        Assert.True(await App.Database.ScalarAsync<bool>("select has_opted_out($1) and has_opted_out('whatsapp:' || $2)", stored, written));
        await App.Database.ExecuteAsync("delete from family_members where family_id = $1 and role = 'member'", family);
        Assert.True(await App.Database.ScalarAsync<bool>("select has_opted_out($1)", written));
        Assert.Equal(201, (await AddAsync(family, written)).Status);
        Assert.True(await App.Database.ScalarAsync<bool>("select opted_out_at is not null from family_members where family_id = $1 and role = 'member'", family));
    }

    [Fact]
    public async Task A_code_is_sent_to_the_member_in_either_form()
    {
        await AddFamilyAsync("+525512345670");

        var answer = await new MemberClient(App, null).PostAsync("/api/session/code", new { phone = "+5215512345670" });

        Assert.Equal(202, answer.Status);
        await App.WaitForAsync(
            () => App.Database.ScalarAsync<long>("select count(*) from outbound_messages where kind = 'code' and to_address = '+525512345670'"), count => count == 1, "the code");
    }

    [Fact]
    public async Task Erasing_the_family_deletes_what_came_from_either_form()
    {
        var form = App.Form("who are you?", "+5215512345671");
        await App.PostAsync(form);
        var family = await AddFamilyAsync("+525512345671");

        using var erased = await App.Operator.DeleteAsync($"/api/admin/families/{family}?confirm={family}", Cancellation);

        Assert.Equal(200, (int)erased.StatusCode);
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from unmatched_messages where message_sid = $1", form["MessageSid"]));
    }

    [Theory]
    [InlineData("whatsapp:+5215512345678", "+525512345678")]
    [InlineData("+541123456789", "+5491123456789")]
    [InlineData("+553187654321", "+5531987654321")]
    [InlineData("+551112345678", "+5511912345678")]
    [InlineData("+553133334444", "+553133334444")]
    [InlineData("+5531933334444", "+5531933334444")]
    [InlineData("+447700900123", "+447700900123")]
    [InlineData("+15215512345", "+15215512345")]
    [InlineData("whatsapp:US.ABC123", "US.ABC123")]
    public async Task The_app_and_the_database_agree(string address, string canonical)
    {
        Assert.Equal(canonical, E164Phone.Canonical(address));
        Assert.Equal(canonical, await App.Database.ScalarAsync<string>("select canonical_number($1)", address));
        Assert.True(await App.Database.ScalarAsync<bool>("select bool_and(canonical_number(s) = $1) from unnest(spellings($1)) s", canonical));
    }

    private async Task<Guid> AddFamilyAsync(string phone)
    {
        var family = await App.AddFamilyAsync("owner");
        await App.Database.ExecuteAsync("update families set locale = 'en' where id = $1", family.Id);
        Assert.Equal(201, (await AddAsync(family.Id, phone)).Status);
        return family.Id;
    }

    private async Task<(int Status, string? Code)> AddAsync(Guid family, string phone)
    {
        using var response = await App.Operator.PostAsJsonAsync($"/api/admin/families/{family}/members", new { name = "Lupe", role = "member", phone }, Cancellation);
        var answer = await Answer.ReadAsync(response);
        return (answer.Status, answer.Json.TryGetProperty("code", out var code) ? code.GetString() : null);
    }
}

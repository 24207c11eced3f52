using System.Net.Http.Json;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Webhooks;

/// <summary>WhatsApp's business-scoped ids, which arrive beside a number and later instead of it.</summary>
public sealed class When_WhatsApp_names_a_sender_by_an_id(FastApp app) : AppTest<FastApp>(app)
{
    private readonly string id = $"US.{Guid.NewGuid():N}";
    private TestFamily family = null!;

    private TestMember Ann => family.Members[0];

    private TestMember Ben => family.Members[1];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        family = await App.AddFamilyAsync("owner", "member");
    }

    [Fact]
    public async Task The_id_alone_is_the_member_once_both_came_together()
    {
        await WriteAsync(Ann.Phone, ("ExternalUserId", id));

        var sid = await WriteAsync(id);

        Assert.Equal(Ann.UserId, await App.Database.ScalarAsync<Guid>("select user_id from inbound_messages where message_sid = $1", sid));
        Assert.Equal($"whatsapp:{id} sent", await App.Database.ScalarAsync<string>(
            "select to_address || ' ' || status from outbound_messages where message_sid = $1", sid));
    }

    [Fact]
    public async Task An_id_that_is_somebody_elses_is_not_moved()
    {
        await WriteAsync(Ann.Phone, ("ExternalUserId", id));
        await WriteAsync(Ben.Phone, ("ExternalUserId", id));

        Assert.Equal(Ann.UserId, await OwnerAsync());
    }

    [Fact]
    public async Task A_stranger_links_nothing()
    {
        await App.PostAsync(App.Form("list", FamilyPaApp.NewPhone(), ("ExternalUserId", id)));
        await App.PostAsync(App.Form("list", null, ("From", $"whatsapp:{id}"), ("WaId", Ann.Phone.TrimStart('+'))));

        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from family_members where external_user_id = $1", id));
    }

    [Fact]
    public async Task Words_that_look_like_the_field_are_words()
    {
        await WriteAsync(Ann.Phone, ("Body", $"list\nExternalUserId{id}"));
        await WriteAsync(Ann.Phone, ("ProfileName", $"AnnExternalUserId{id}"));

        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from family_members where external_user_id = $1", id));
    }

    [Fact]
    public async Task STOP_from_the_id_is_the_members()
    {
        await WriteAsync(Ann.Phone, ("ExternalUserId", id));

        await WriteAsync(id, ("Body", "STOP"));

        Assert.True(await App.Database.ScalarAsync<bool>("select has_opted_out($1)", Ann.Phone));
        await WriteAsync(Ann.Phone, ("Body", "START"));
        Assert.False(await App.Database.ScalarAsync<bool>("select has_opted_out('whatsapp:' || $1)", id));
    }

    [Fact]
    public async Task A_strangers_STOP_by_the_id_holds_for_the_member_that_it_turns_out_to_be()
    {
        await App.PostAsync(App.Form("STOP", null, ("From", $"whatsapp:{id}")));

        await WriteAsync(Ann.Phone, ("ExternalUserId", id));

        Assert.True(await App.Database.ScalarAsync<bool>("select has_opted_out($1)", Ann.Phone));
    }

    [Fact]
    public async Task An_operator_can_set_it_but_not_twice()
    {
        Assert.Equal(204, await SetAsync(Ann, id));
        Assert.Equal(409, await SetAsync(Ben, id));
        Assert.Equal(400, await SetAsync(Ben, "+447700900123"));
        Assert.Equal(Ann.UserId, await App.Database.ScalarAsync<Guid>("select user_id from inbound_messages where message_sid = $1", await WriteAsync(id)));

        Assert.Equal(204, await SetAsync(Ann, ""));
        Assert.Equal(204, await SetAsync(Ben, id));
        Assert.Equal(Ben.UserId, await OwnerAsync());
    }

    private Task<Guid> OwnerAsync() => App.Database.ScalarAsync<Guid>("select user_id from family_members where external_user_id = $1", id);

    private async Task<int> SetAsync(TestMember member, string externalUserId)
    {
        using var response = await App.Operator.PatchAsJsonAsync(
            $"/api/admin/families/{family.Id}/members/{member.UserId}", new { external_user_id = externalUserId }, Cancellation);
        return (int)response.StatusCode;
    }

    private async Task<string> WriteAsync(string from, params (string, string?)[] fields)
    {
        var form = App.Form("list", from, fields);
        Assert.Equal(200, (await App.PostAsync(form)).Status);
        await App.WaitForJobAsync(form["MessageSid"], "done");
        return form["MessageSid"];
    }
}

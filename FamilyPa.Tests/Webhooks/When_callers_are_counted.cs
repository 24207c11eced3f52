using System.Net;
using FamilyPa.Core.Ingestion;
using FamilyPa.Core.Resilience;
using FamilyPa.Core.Settings;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace FamilyPa.Tests.Webhooks;

public sealed class When_callers_are_counted
{
    private static readonly string[] Spoofed =
        ["Client-IP", "X-Client-IP", "True-Client-IP", "X-Forwarded-For", "X-Real-IP", "X-Azure-ClientIP", "Forwarded", "CF-Connecting-IP", "X-Original-For"];

    [Fact]
    public void No_header_counts_where_none_is_trusted()
    {
        foreach (var header in Spoofed)
            Assert.Equal([new("192.0.2.1", 1)], NetworksOf(null, (header, "203.0.113.7")));
    }

    [Fact]
    public void Only_the_trusted_header_counts()
    {
        foreach (var header in Spoofed.Skip(1))
            Assert.Equal([new("198.51.100.1", 1)], NetworksOf("Client-IP", (header, "203.0.113.7"), ("Client-IP", "198.51.100.1:4321")));
    }

    [Theory]
    [InlineData("203.0.113.7, 198.51.100.1:4321", "198.51.100.1")]
    [InlineData("rubbish,198.51.100.1", "198.51.100.1")]
    [InlineData("198.51.100.1, rubbish", "192.0.2.1")]
    [InlineData("::ffff:198.51.100.1", "198.51.100.1")]
    [InlineData("", "192.0.2.1")]
    public void The_last_entry_is_the_front_ends(string value, string key) => Assert.Equal([new(key, 1)], NetworksOf("Client-IP", ("Client-IP", value)));

    [Theory]
    [InlineData("2001:db8:1:2:aaaa:bbbb:cccc:dddd")]
    [InlineData("[2001:db8:1:2::1]:443")]
    public void An_IPv6_address_counts_for_its_64_and_its_48(string value) =>
        Assert.Equal([new("2001:db8:1:2::/64", 1), new("2001:db8:1::/48", 10)], NetworksOf("Client-IP", ("Client-IP", value)));

    [Fact]
    public void A_site_has_ten_times_the_limit_of_an_address_over_all_its_networks()
    {
        var failures = new VerificationFailures(null!, Options.Create(new LimitSettings { VerificationFailuresPerMinutePerAddress = 20 }), TimeProvider.System);
        var site = new CallerNetwork("2001:db8:1::/48", 10);

        var borne = Enumerable.Range(0, 3000).Count(i => failures.Add([new CallerNetwork($"2001:db8:1:{i % 1000:x}::/64", 1), site]) is null);

        Assert.InRange(borne, 200, 400);
    }

    [Fact]
    public void One_network_does_not_use_up_its_sites_share()
    {
        var failures = new VerificationFailures(null!, Options.Create(new LimitSettings { VerificationFailuresPerMinutePerAddress = 20 }), TimeProvider.System);
        var site = new CallerNetwork("2001:db8:1::/48", 10);

        var borne = Enumerable.Range(0, 1000).Count(_ => failures.Add([new CallerNetwork("2001:db8:1:2::/64", 1), site]) is null);

        Assert.InRange(borne, 20, 40);
        Assert.Null(failures.Add([new CallerNetwork("2001:db8:1:3::/64", 1), site]));
    }

    private static IReadOnlyList<CallerNetwork> NetworksOf(string? trusted, params (string Name, string Value)[] headers)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.1");
        foreach (var (name, value) in headers)
            http.Request.Headers[name] = value;
        return new CallerAddress(Options.Create(new AppSettings { ClientAddressHeader = trusted })).NetworksOf(http);
    }
}

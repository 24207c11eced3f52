using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Hosting;
using Microsoft.AspNetCore.Builder;

namespace FamilyPa.Simulators.Twilio;

/// <summary>A message's media: list, metadata, the redirect to the bytes, deletion.</summary>
internal sealed class MediaApi(MessageStore store, TwilioSimulatorOptions options, MediaCdn cdn)
{
    public void Map(WebApplication app, OperationPipeline pipeline)
    {
        const string Media = MessagesApi.Root + "/{sid}/Media";
        pipeline.Map(app, "GET", Media + ".json", "media.list", List);
        pipeline.Map(app, "GET", Media + "/{media}", "media", Get);
        pipeline.Map(app, "DELETE", Media + "/{media}", "media.delete", Delete);
    }

    private Answer List(Call call)
    {
        if (store.Find(call.Route("sid")) is not { } message) return TwilioErrors.NotFound(call.Request.Path);
        var media = message.Media.Where(item => !item.Deleted).ToList();
        var uri = call.Request.Path;
        return Answer.Json(200, new
        {
            end = Math.Max(0, media.Count - 1),
            firstPageUri = $"{uri}?PageSize=50&Page=0",
            mediaList = media.Select(item => MessageJson.Of(item, message, options.AccountSid)),
            nextPageUri = (string?)null,
            page = 0,
            pageSize = 50,
            previousPageUri = (string?)null,
            start = 0,
            uri = $"{uri}?PageSize=50&Page=0",
        });
    }

    private Answer Get(Call call)
    {
        var asked = call.Route("media");
        var (message, media) = Find(call);
        if (message is null || media is null) return TwilioErrors.NotFound(call.Request.Path);
        if (asked.EndsWith(".json", StringComparison.Ordinal)) return Answer.Json(200, MessageJson.Of(media, message, options.AccountSid));
        if (cdn.IsBypassed) return new Answer(200, media.Content, media.ContentType);
        var location = cdn.UrlFor(message.Sid, media.Sid);
        return Answer.Text(307, $"<TwilioResponse><RedirectTo>{location}</RedirectTo></TwilioResponse>", "application/xml") with
        {
            Headers = new() { ["Location"] = location },
        };
    }

    private Answer Delete(Call call)
    {
        var (message, media) = Find(call);
        if (message is null || media is null) return TwilioErrors.NotFound(call.Request.Path);
        store.Update(message.Sid, known => known with
        {
            // Keep the bytes, because the phone page shows what the member sent.
            Media = [.. known.Media.Select(item => item.Sid == media.Sid ? item with { Deleted = true } : item)],
        });
        return new Answer(204, [], null);
    }

    private (TwilioMessage? Message, TwilioMedia? Media) Find(Call call)
    {
        var sid = call.Route("media").Replace(".json", "", StringComparison.Ordinal);
        var message = store.Find(call.Route("sid"));
        return (message, message?.Media.FirstOrDefault(item => item.Sid == sid && !item.Deleted));
    }
}

using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Hosting;
using Microsoft.AspNetCore.Builder;

namespace FamilyPa.Simulators.Twilio;

/// <summary><c>Messages.json</c>: create, list, fetch, delete.</summary>
internal sealed class MessagesApi(MessageStore store, StatusCallbacks callbacks, TwilioSimulatorOptions options)
{
    public const string Root = "/2010-04-01/Accounts/{account}/Messages";

    public void Map(WebApplication app, OperationPipeline pipeline)
    {
        pipeline.Map(app, "POST", Root + ".json", "messages.create", Create);
        pipeline.Map(app, "GET", Root + ".json", "messages.list", List);
        pipeline.Map(app, "GET", Root + "/{sid}.json", "messages.get", Get);
        pipeline.Map(app, "DELETE", Root + "/{sid}.json", "messages.delete", Delete);
    }

    private Answer Create(Call call)
    {
        var form = call.Request.Fields;
        if (MessageRules.Refuse(form, options) is { } refusal) return refusal;
        var message = new TwilioMessage(
            TwilioMessage.NewSid("SM"), "outbound-api", form["From"], form["To"], form.GetValueOrDefault("Body", ""), "queued", DateTimeOffset.UtcNow)
        {
            ContentSid = MessageRules.Field(form, "ContentSid"),
            StatusCallback = MessageRules.Field(form, "StatusCallback"),
        };
        store.Add(message);
        callbacks.Begin(message);
        return Answer.Json(201, MessageJson.Of(message, options.AccountSid));
    }

    private Answer List(Call call)
    {
        var query = call.Http.Request.Query;
        if (!MessageListQuery.TryRead(query, out var filter)) return TwilioErrors.Of(400, 20001, "A parameter is not valid");
        var matching = store.Snapshot().Reverse().Where(filter.Matches).OrderByDescending(message => message.SentAt ?? message.At).ToList();
        var start = filter.After is { } after ? matching.FindIndex(message => message.Sid == after) + 1 : 0;
        var page = matching.Skip(start).Take(filter.PageSize).ToList();
        var more = start + page.Count < matching.Count;
        var uri = $"/2010-04-01/Accounts/{options.AccountSid}/Messages.json";
        return Answer.Json(200, new
        {
            end = Math.Max(0, filter.Page * filter.PageSize + page.Count - 1),
            firstPageUri = uri + filter.QueryFor(0, null),
            messages = page.Select(message => MessageJson.Of(message, options.AccountSid)),
            nextPageUri = more ? uri + filter.QueryFor(filter.Page + 1, page[^1].Sid) : null,
            page = filter.Page,
            pageSize = filter.PageSize,
            previousPageUri = filter.Page > 0 ? uri + filter.QueryFor(filter.Page - 1, null) : null,
            start = filter.Page * filter.PageSize,
            uri = uri + call.Http.Request.QueryString,
        });
    }

    private Answer Get(Call call) =>
        store.Find(call.Route("sid")) is { } message
            ? Answer.Json(200, MessageJson.Of(message, options.AccountSid))
            : TwilioErrors.NotFound(call.Request.Path);

    private Answer Delete(Call call) =>
        store.Remove(call.Route("sid")) ? new Answer(204, [], null) : TwilioErrors.NotFound(call.Request.Path);
}

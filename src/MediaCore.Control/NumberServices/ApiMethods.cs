using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using MediaCore.Control.V1;

namespace MediaCore.Control.NumberServices;

/// <summary>The one table of the number service's API: what each call needs, and how it is reached over HTTP and on the command line.</summary>
public static class ApiMethods
{
    private static readonly FrozenDictionary<string, ApiMethod> s_byName;

    private static readonly FrozenDictionary<string, ServiceDescriptor> s_services = new[]
    {
        TenantsReflection.Descriptor, NumbersReflection.Descriptor, PlansReflection.Descriptor, QueuesReflection.Descriptor, VoicemailReflection.Descriptor, MessagesReflection.Descriptor, WebhooksReflection.Descriptor, CallRecordsReflection.Descriptor,
    }.SelectMany(static file => file.Services).ToFrozenDictionary(static service => service.Name, StringComparer.Ordinal);

    static ApiMethods()
    {
        All =
        [
            new("Tenants", "ListTenants", "tenants:read", "GET", "/v1/tenants", "tenants list"),
            new("Tenants", "GetTenant", "tenants:read", "GET", "/v1/tenants/{id}", "tenants get"),
            new("Tenants", "CreateTenant", "tenants:write", "POST", "/v1/tenants", "tenants create"),
            new("Tenants", "UpdateTenant", "tenants:write", "PATCH", "/v1/tenants/{id}", "tenants update"),
            new("Tenants", "ListUsers", "users:read", "GET", "/v1/users", "users list"),
            new("Tenants", "GetUser", "users:read", "GET", "/v1/users/{id}", "users get"),
            new("Tenants", "CreateUser", "users:write", "POST", "/v1/users", "users create"),
            new("Tenants", "UpdateUser", "users:write", "PATCH", "/v1/users/{id}", "users update"),
            new("Tenants", "DeleteUser", "users:write", "DELETE", "/v1/users/{id}", "users delete"),
            new("Tenants", "ListAccounts", "users:read", "GET", "/v1/accounts", "accounts list"),
            new("Tenants", "CreateAccount", "users:write", "POST", "/v1/accounts", "accounts create") { HasSecret = true },
            new("Tenants", "UpdateAccount", "users:write", "PATCH", "/v1/accounts/{id}", "accounts update"),
            new("Tenants", "DeleteAccount", "users:write", "DELETE", "/v1/accounts/{id}", "accounts delete"),
            new("Tenants", "ListRoles", "users:read", "GET", "/v1/roles", "roles list"),
            new("Tenants", "CreateRole", "users:write", "POST", "/v1/roles", "roles create"),
            new("Tenants", "UpdateRole", "users:write", "PATCH", "/v1/roles/{id}", "roles update"),
            new("Tenants", "DeleteRole", "users:write", "DELETE", "/v1/roles/{id}", "roles delete"),
            new("Tenants", "ListKeys", "keys:read", "GET", "/v1/keys", "keys list"),
            new("Tenants", "CreateKey", "keys:write", "POST", "/v1/keys", "keys create") { HasSecret = true },
            new("Tenants", "RotateKey", "keys:write", "POST", "/v1/keys/{id}/rotate", "keys rotate") { HasSecret = true },
            new("Tenants", "RevokeKey", "keys:write", "DELETE", "/v1/keys/{id}", "keys revoke"),
            new("Tenants", "ListAudit", "audit:read", "GET", "/v1/audit", "tenants audit"),

            new("Numbers", "SearchNumbers", "numbers:read", "GET", "/v1/available-numbers", "numbers search"),
            new("Numbers", "ListNumbers", "numbers:read", "GET", "/v1/numbers", "numbers list"),
            new("Numbers", "GetNumber", "numbers:read", "GET", "/v1/numbers/{number}", "numbers get"),
            new("Numbers", "ReserveNumber", "numbers:write", "POST", "/v1/numbers/{number}/reserve", "numbers reserve"),
            new("Numbers", "CancelReservation", "numbers:write", "POST", "/v1/numbers/{number}/cancel", "numbers cancel"),
            new("Numbers", "BuyNumber", "numbers:write", "POST", "/v1/numbers/{number}/buy", "numbers buy"),
            new("Numbers", "AssignNumber", "numbers:write", "POST", "/v1/numbers/{number}/assign", "numbers assign"),
            new("Numbers", "UnassignNumber", "numbers:write", "POST", "/v1/numbers/{number}/unassign", "numbers unassign"),
            new("Numbers", "UpdateNumber", "numbers:write", "PATCH", "/v1/numbers/{number}", "numbers update"),
            new("Numbers", "ReleaseNumber", "numbers:write", "POST", "/v1/numbers/{number}/release", "numbers release"),
            new("Numbers", "ImportNumbers", "numbers:import", "POST", "/v1/number-imports", "numbers import") { IsOfPlatform = true },
            new("Numbers", "GetJob", "numbers:read", "GET", "/v1/jobs/{id}", "numbers job"),
            new("Numbers", "ListJobs", "numbers:read", "GET", "/v1/jobs", "numbers jobs"),

            new("Plans", "ListPlans", "plans:read", "GET", "/v1/plans", "plans list"),
            new("Plans", "GetPlan", "plans:read", "GET", "/v1/plans/{id}", "plans get"),
            new("Plans", "CreatePlan", "plans:write", "POST", "/v1/plans", "plans create"),
            new("Plans", "SavePlanDraft", "plans:write", "PUT", "/v1/plans/{id}/draft", "plans draft"),
            new("Plans", "ValidatePlan", "plans:read", "POST", "/v1/plans/{id}/validate", "plans validate"),
            new("Plans", "PublishPlan", "plans:write", "POST", "/v1/plans/{id}/publish", "plans publish"),
            new("Plans", "RollBackPlan", "plans:write", "POST", "/v1/plans/{id}/roll-back", "plans roll-back"),
            new("Plans", "ListPlanRevisions", "plans:read", "GET", "/v1/plans/{id}/revisions", "plans revisions"),
            new("Plans", "GetPlanRevision", "plans:read", "GET", "/v1/plans/{id}/revisions/{revision}", "plans revision"),
            new("Plans", "Simulate", "plans:read", "POST", "/v1/plans/simulate", "plans simulate"),
            new("Plans", "ListSchemas", "plans:read", "GET", "/v1/schemas", "plans schemas"),

            new("Menus", "ListMenus", "menus:read", "GET", "/v1/menus", "menus list"),
            new("Menus", "GetMenu", "menus:read", "GET", "/v1/menus/{id}", "menus get"),
            new("Menus", "CreateMenu", "menus:write", "POST", "/v1/menus", "menus create"),
            new("Menus", "SaveMenuDraft", "menus:write", "PUT", "/v1/menus/{id}/draft", "menus draft"),
            new("Menus", "ValidateMenu", "menus:read", "POST", "/v1/menus/{id}/validate", "menus validate"),
            new("Menus", "PublishMenu", "menus:write", "POST", "/v1/menus/{id}/publish", "menus publish"),
            new("Menus", "RollBackMenu", "menus:write", "POST", "/v1/menus/{id}/roll-back", "menus roll-back"),
            new("Menus", "ListMenuRevisions", "menus:read", "GET", "/v1/menus/{id}/revisions", "menus revisions"),
            new("Menus", "GetMenuRevision", "menus:read", "GET", "/v1/menus/{id}/revisions/{revision}", "menus revision"),

            new("Schedules", "ListSchedules", "schedules:read", "GET", "/v1/schedules", "schedules list"),
            new("Schedules", "GetSchedule", "schedules:read", "GET", "/v1/schedules/{id}", "schedules get"),
            new("Schedules", "CreateSchedule", "schedules:write", "POST", "/v1/schedules", "schedules create"),
            new("Schedules", "UpdateSchedule", "schedules:write", "PATCH", "/v1/schedules/{id}", "schedules update"),
            new("Schedules", "DeleteSchedule", "schedules:write", "DELETE", "/v1/schedules/{id}", "schedules delete"),
            new("Schedules", "EvaluateSchedule", "schedules:read", "GET", "/v1/schedules/{id}/state", "schedules state"),

            new("Prompts", "ListPrompts", "menus:read", "GET", "/v1/prompts", "prompts list"),
            new("Prompts", "GetPrompt", "menus:read", "GET", "/v1/prompts/{id}", "prompts get"),
            new("Prompts", "CreatePrompt", "menus:write", "POST", "/v1/prompts", "prompts create"),
            new("Prompts", "UpdatePrompt", "menus:write", "PATCH", "/v1/prompts/{id}", "prompts update"),
            new("Prompts", "DeletePrompt", "menus:write", "DELETE", "/v1/prompts/{id}", "prompts delete"),
            new("Prompts", "UploadPrompt", "menus:write", "PUT", "/v1/prompts/{name}/sound", "prompts upload"),
            new("Prompts", "FetchPrompt", "menus:read", "GET", "/v1/prompts/{id}/sound", "prompts fetch"),

            new("Queues", "ListQueues", "queues:read", "GET", "/v1/queues", "queues list"),
            new("Queues", "GetQueue", "queues:read", "GET", "/v1/queues/{id}", "queues get"),
            new("Queues", "CreateQueue", "queues:write", "POST", "/v1/queues", "queues create"),
            new("Queues", "UpdateQueue", "queues:write", "PATCH", "/v1/queues/{id}", "queues update"),
            new("Queues", "DeleteQueue", "queues:write", "DELETE", "/v1/queues/{id}", "queues delete"),
            new("Queues", "ListMembers", "queues:read", "GET", "/v1/queue-members", "queues members"),
            new("Queues", "SetMember", "queues:write", "PUT", "/v1/queues/{queue}/members/{agent}", "queues set-member"),
            new("Queues", "RemoveMember", "queues:write", "DELETE", "/v1/queues/{queue}/members/{agent}", "queues remove-member"),
            new("Queues", "GetLive", "queues:read", "GET", "/v1/queues-live", "queues live"),
            new("Queues", "WatchLive", "queues:read", "GET", "/v1/queues-live/watch", "queues watch"),

            new("Agents", "ListAgents", "agents:read", "GET", "/v1/agents", "agents list"),
            new("Agents", "GetAgent", "agents:read", "GET", "/v1/agents/{id}", "agents get"),
            new("Agents", "CreateAgent", "agents:write", "POST", "/v1/agents", "agents create"),
            new("Agents", "UpdateAgent", "agents:write", "PATCH", "/v1/agents/{id}", "agents update"),
            new("Agents", "DeleteAgent", "agents:write", "DELETE", "/v1/agents/{id}", "agents delete"),
            new("Agents", "EndWrapUp", "agents:write", "POST", "/v1/agents/{id}/end-wrap-up", "agents end-wrap-up"),

            new("Voicemail", "ListBoxes", "voicemail:read", "GET", "/v1/voicemail-boxes", "voicemail boxes"),
            new("Voicemail", "GetBox", "voicemail:read", "GET", "/v1/voicemail-boxes/{id}", "voicemail box"),
            new("Voicemail", "CreateBox", "voicemail:write", "POST", "/v1/voicemail-boxes", "voicemail create-box"),
            new("Voicemail", "UpdateBox", "voicemail:write", "PATCH", "/v1/voicemail-boxes/{id}", "voicemail update-box"),
            new("Voicemail", "SetPin", "voicemail:write", "POST", "/v1/voicemail-boxes/{id}/pin", "voicemail set-pin"),
            new("Voicemail", "DeleteBox", "voicemail:write", "DELETE", "/v1/voicemail-boxes/{id}", "voicemail delete-box"),
            new("Voicemail", "ListVoicemails", "voicemail:read", "GET", "/v1/voicemails", "voicemail list"),
            new("Voicemail", "GetVoicemail", "voicemail:read", "GET", "/v1/voicemails/{id}", "voicemail get"),
            new("Voicemail", "MarkVoicemail", "voicemail:write", "PATCH", "/v1/voicemails/{id}", "voicemail mark"),
            new("Voicemail", "DeleteVoicemail", "voicemail:write", "DELETE", "/v1/voicemails/{id}", "voicemail delete"),
            new("Voicemail", "ListNotifications", "voicemail:read", "GET", "/v1/notifications", "voicemail notifications"),
            new("Voicemail", "RetryNotification", "voicemail:write", "POST", "/v1/notifications/{id}/retry", "voicemail retry-notification"),
            new("Voicemail", "FetchVoicemail", "voicemail:read", "GET", "/v1/voicemails/{id}/sound", "voicemail fetch"),

            new("Webhooks", "ListWebhooks", "webhooks:read", "GET", "/v1/webhooks", "webhooks list"),
            new("Webhooks", "GetWebhook", "webhooks:read", "GET", "/v1/webhooks/{id}", "webhooks get"),
            new("Webhooks", "CreateWebhook", "webhooks:write", "POST", "/v1/webhooks", "webhooks create") { HasSecret = true },
            new("Webhooks", "UpdateWebhook", "webhooks:write", "PATCH", "/v1/webhooks/{id}", "webhooks update"),
            new("Webhooks", "DeleteWebhook", "webhooks:write", "DELETE", "/v1/webhooks/{id}", "webhooks delete"),
            new("Webhooks", "RotateWebhookSecret", "webhooks:write", "POST", "/v1/webhooks/{id}/rotate", "webhooks rotate") { HasSecret = true },
            new("Webhooks", "TestWebhook", "webhooks:write", "POST", "/v1/webhooks/{id}/test", "webhooks test"),
            new("Webhooks", "ListDeliveries", "webhooks:read", "GET", "/v1/webhooks/{id}/deliveries", "webhooks deliveries"),
            new("Webhooks", "ReplayDeliveries", "webhooks:write", "POST", "/v1/webhooks/{id}/replay", "webhooks replay"),

            new("Messages", "SendMessage", "messages:write", "POST", "/v1/messages", "messages send"),
            new("Messages", "GetMessage", "messages:read", "GET", "/v1/messages/{id}", "messages get"),
            new("Messages", "ListMessages", "messages:read", "GET", "/v1/messages", "messages list"),
            new("Messages", "CancelMessage", "messages:write", "POST", "/v1/messages/{id}/cancel", "messages cancel"),
            new("Messages", "ListThread", "messages:read", "GET", "/v1/threads/{number}/{peer}", "messages thread"),
            new("Messages", "ListOptOuts", "messages:read", "GET", "/v1/opt-outs", "messages opt-outs"),
            new("Messages", "AddOptOut", "messages:write", "PUT", "/v1/opt-outs/{number}/{peer}", "messages add-opt-out"),
            new("Messages", "RemoveOptOut", "messages:write", "DELETE", "/v1/opt-outs/{number}/{peer}", "messages remove-opt-out"),
            new("Messages", "GetMessageSettings", "messages:read", "GET", "/v1/message-settings", "messages settings"),
            new("Messages", "UpdateMessageSettings", "messages:write", "PATCH", "/v1/message-settings", "messages set-settings"),

            new("CallRecords", "ListRecords", "records:read", "GET", "/v1/records", "records list"),
            new("CallRecords", "GetRecord", "records:read", "GET", "/v1/records/{call_id}", "records get"),
            new("CallRecords", "ExportRecords", "records:read", "GET", "/v1/record-exports", "records export"),
            new("CallRecords", "ListRecordings", "records:read", "GET", "/v1/recordings", "records recordings"),
            new("CallRecords", "FetchRecording", "records:read", "GET", "/v1/recordings/{call_id}/{index}", "records fetch"),
            new("CallRecords", "DeleteRecording", "records:write", "DELETE", "/v1/recordings/{call_id}/{index}", "records delete"),
        ];
        s_byName = All.ToFrozenDictionary(static method => method.FullName, StringComparer.Ordinal);
    }

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ApiMethod> All { get; }

    /// <summary>Request and response of a method.</summary>
    public static MethodDescriptor Describe(ApiMethod method)
    {
        ArgumentNullException.ThrowIfNull(method);
        return s_services[method.Service].FindMethodByName(method.Name);
    }

    /// <summary>The one of a gRPC path; null for a call of another service.</summary>
    public static ApiMethod? Find(string fullName) => s_byName.GetValueOrDefault(fullName);
}

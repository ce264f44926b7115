import { serve } from "../_shared/serve.ts";

// invoice-notify-59
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "invoice-notify-59", id }));
});
